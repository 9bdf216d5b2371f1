import type { Passwords } from '../../data/password.ts'
import type { Store } from '../../data/store.ts'
import type { FileName } from '../../data/tables.ts'
import { type Command, call } from '../../handlers/call.ts'
import { refuseUnknown } from '../../handlers/command/unknown_parameter.ts'
import { methods } from '../../handlers/index.ts'
import type { LetterCaps } from '../../handlers/letters/letter_caps.ts'
import type { Gives } from '../../handlers/method.ts'
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

/** What a command at the shell works with. */
export interface ShellSite {
  readonly passwords: Passwords
  readonly events: Events
  /** The limits of a running daemon; without them, the operator may fill the disk completely. */
  readonly room?: Room
  readonly letters?: LetterCaps
}

/** Runs a command as the operator. A refusal is a result, too: its exit code and its sentence. */
export async function run(store: Store, command: Command, { events, ...site }: ShellSite): Promise<Done> {
  const started = performance.now()
  try {
    refuseUnknown(command.method, command.params)
    const now = new Date().toISOString()
    const caller = { actor: { kind: 'operator' }, door: 'shell', now } as const
    const [answer] = await call(store, [command], { ...caller, ...site })
    events.called('shell', command.method, 'operator', performance.now() - started)
    const { says, gives, sends } = answer!
    return { exit: 0, says, gives, ...(sends ? { file: sends.file } : {}) }
  } catch (error) {
    events.thrown('shell', methods.has(command.method) ? command.method : '(unknown)', error)
    return refused(error)
  }
}

export function refused(error: unknown): Done {
  return { exit: meaningOf(error).exit, says: sentenceOf(error), gives: sentenceOf(error) }
}
