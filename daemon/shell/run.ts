import { Failure, shown } from '../../data/failure.ts'
import type { Passwords } from '../../data/password/password.ts'
import type { Store } from '../../data/store.ts'
import type { Author, FileName } from '../../data/tables.ts'
import { type Command, call } from '../../handlers/call.ts'
import { refuseUnknown } from '../../handlers/command/unknown_parameter.ts'
import type { Hours } from '../../handlers/escalation/hours.ts'
import { methods } from '../../handlers/index.ts'
import type { LetterCaps } from '../../handlers/letters/letter_caps.ts'
import type { Gives } from '../../handlers/method.ts'
import { soleResult } from '../../handlers/rehearse.ts'
import { meaningOf, sentenceOf } from '../codes.ts'
import type { Room } from '../disk_space.ts'
import type { Events } from '../log/events.ts'

/** The result of a command at the shell. */
export interface Done {
  readonly exit: number
  readonly says: string
  readonly gives: Gives
  /** The file of the state directory that the command asks for. The owner of the socket can read it there, so it need not cross it. */
  readonly file?: FileName
}

/** A command of the operator, or of a user in whose name the operator calls it. */
export interface ShellCommand extends Command {
  /** The username. */
  readonly as?: string | undefined
}

/** What a command at the shell works with. */
export interface ShellSite {
  readonly passwords: Passwords
  readonly events: Events
  /** The limits of a running daemon; without them, the operator may fill the disk completely. */
  readonly room?: Room
  readonly letters?: LetterCaps
  /** The hour and the zone of queues that have none of their own. */
  readonly hours?: Hours
  /** What a running daemon does for the operator besides the methods, by a name that no method has. */
  readonly errands?: Errands
}
/** Gives a sentence, and what programs get if that is something else. */
export type Errand = (params: ShellCommand['params']) => Promise<string | Pick<Done, 'says' | 'gives'>>
type Errands = ReadonlyMap<string, Errand>

/** Runs a command as the operator, or as a user. A refusal is a result, too: its exit code and its sentence. */
export async function run(
  store: Store,
  { as, ...command }: ShellCommand,
  { events, errands, ...site }: ShellSite,
): Promise<Done> {
  const started = performance.now()
  try {
    const errand = errands?.get(command.method)
    if (errand) {
      const told = await errand(command.params)
      events.called('shell', command.method, 'operator', performance.now() - started)
      return typeof told === 'string' ? { exit: 0, says: told, gives: told } : { exit: 0, ...told }
    }
    refuseUnknown(command.method, command.params)
    const actor = as === undefined ? OPERATOR : await userNamed(store, as)
    const now = new Date().toISOString()
    const [answer] = await call(store, [command], { actor, door: 'shell', now, ...site })
    const by = as === undefined ? 'operator' : `operator as ${as}`
    events.called('shell', command.method, by, performance.now() - started)
    const { says, sends } = answer!
    const gives = soleResult(methods.get(command.method)!, command.params, answer!)
    return { exit: 0, says, gives, ...(sends ? { file: sends.file } : {}) }
  } catch (error) {
    const isKnown = methods.has(command.method) || errands?.has(command.method)
    events.thrown('shell', isKnown ? command.method : '(unknown)', error)
    return refused(error)
  }
}

const OPERATOR: Author = { kind: 'operator' }

/** A user as the author of a call, by username. Throws Failure `not_found`. */
async function userNamed(store: Store, username: string): Promise<Author> {
  const [user] = await store.read(tx => tx.find('users', { username }))
  if (!user) throw new Failure('not_found', `There is no user ${shown(username)}.`)
  return { kind: 'user', user: user.id }
}

export function refused(error: unknown): Done {
  return { exit: meaningOf(error).exit, says: sentenceOf(error), gives: sentenceOf(error) }
}
