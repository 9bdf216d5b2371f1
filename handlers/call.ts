// One thing: what a call is, and its steps in the order in which they run.
import { Failure, isTemporary, shown } from '../data/failure.ts'
import type { Passwords } from '../data/password.ts'
import type { Files, Reader, Store, Tx } from '../data/store.ts'
import type { Attachment, Instant } from '../data/tables.ts'
import { admitted, type Caller } from './actor.ts'
import { about, argsOf } from './args.ts'
import { known, type OnceKey, remember } from './idempotency.ts'
import { methods } from './index.ts'
import type { LetterCaps } from './letters/letter_caps.ts'
import { LetterCount } from './letters/letter_count.ts'
import type { Actor, Call, Gives, Kind, Method, NotWritten } from './method.ts'
import { mayBeLong } from './params/kept_text.ts'
import { rehearse } from './rehearse.ts'
import type { ParamValue, ParamValues } from './value.ts'

export interface Command {
  readonly method: string
  readonly params: ParamValues
  /** A repeat under this key, while it is kept, gets the first answer and changes nothing. */
  readonly once?: OnceKey
}
/** A mistyped command: it is refused and recorded like a command. */
export interface Unreadable {
  readonly refused: Failure
  readonly once?: OnceKey
}
export interface Answer {
  /** The sentence for a person, the same at every door. */
  readonly says: string
  /** The result for a program. */
  readonly gives: Gives
  /** The file that a program gets instead of `gives`. */
  readonly sends?: Attachment
  readonly tickets: readonly number[]
  /** The addresses that get a letter. */
  readonly heard: readonly string[]
  /** The letters that a cap holds back. */
  readonly heldBack: readonly NotWritten[]
}
/** The caller, and what the door adds. The user and the token are loaded again when the call runs. */
export interface Options extends Caller {
  readonly messageId?: string | null
  /** Throws Failure `full` if the disk has too little room. Called only if a command needs room. */
  readonly room?: () => Promise<void>
  /** How many bytes the attachments of one ticket may have together; unlimited by default. */
  readonly ticketBytes?: number
  /** The sender network whose share its files count towards; undefined for a proven sender. */
  readonly network?: string | undefined
  /** How many helpdesk letters led to the mail of this call; 0 by default. */
  readonly hops?: number
  /** Hashes new passwords; needed at a door that can set passwords. */
  readonly passwords?: Passwords
  /** The caps on letters; without them, no letter is held back. */
  readonly letters?: LetterCaps
  /** The source of the mail of this call; the caps are shared fairly among sources. */
  readonly sender?: string
  /** Rolls back and gives the answers that the call would give. */
  readonly dry?: true
  /** Puts the door's own records into the same commit. Not called for a repeat. */
  readonly also?: (tx: Tx, answers: readonly Answer[]) => Promise<void>
  /**
   * Records a permanent refusal, in a separate commit. Not called for a repeat. Without it, the refusal is not remembered under the
   * commands' keys either, and the same call can be made again.
   */
  readonly alsoRefused?: (tx: Tx, refusal: Failure) => Promise<void>
}

/**
 * The only way in: runs all commands or none, in one commit. Gives an answer for each once the commit is durable. Throws the Failure of
 * the first refused command, or Failure `full` or `unavailable` from the store or from `room`.
 */
export async function call(
  store: Store,
  commands: readonly (Command | Unreadable)[],
  options: Options,
): Promise<readonly Answer[]> {
  try {
    if (!options.dry && needRoom(commands)) await options.room?.()
    const ready = prepare(store, commands, options)
    for (const one of ready) if (one.works.size > 0) await slowValues(store, one, options)
    return await commit(store, ready, options)
  } catch (error) {
    const { alsoRefused, now } = options
    if (error instanceof Failure && !isTemporary(error) && alsoRefused && !options.dry)
      await recordRefusal(store, commands, now, error, alsoRefused)
    throw error
  }
}

/** Whether one of the commands needs room on the disk. A mistyped command does, for the record of its refusal. */
export function needRoom(commands: readonly (Command | Unreadable)[]): boolean {
  return commands.some(command => {
    const method = 'refused' in command ? undefined : methods.get(command.method)
    return !method?.reads && !method?.frees
  })
}

async function recordRefusal(
  store: Store,
  commands: readonly (Command | Unreadable)[],
  now: Instant,
  refusal: Failure,
  alsoRefused: NonNullable<Options['alsoRefused']>,
): Promise<void> {
  const keys = commands.flatMap(({ once }) => once ?? [])
  await store.transact(async tx => {
    const fresh: OnceKey[] = []
    for (const once of keys) if (!(await known(tx, once, now))) fresh.push(once)
    // A repeat of a call that was refused under all of these keys is not recorded again.
    if (keys.length > 0 && fresh.length === 0) return
    for (const once of fresh) await remember(tx, once, now, refusal)
    await alsoRefused(tx, refusal)
  })
}

interface Ready {
  readonly command: Command
  readonly method: Method
  /** The slow work on values, by parameter, which is done before the transaction; `prepared` has its results. */
  readonly works: ReadonlyMap<string, () => Promise<unknown>>
  readonly prepared: Map<string, unknown>
}

function prepare(store: Store, commands: readonly (Command | Unreadable)[], { passwords }: Options): Ready[] {
  return commands.map(command => {
    if ('refused' in command) throw command.refused
    const method = methods.get(command.method)
    if (!method)
      throw new Failure('not_found', `There is no method ${shown(command.method)}; "help" lists the methods.`)
    return { command, method, works: slowWorks(command, method, store.files, passwords), prepared: new Map() }
  })
}

/** Checks the permission first, so that nobody causes slow work without it. The transaction checks it again. */
async function slowValues(store: Store, { method, works, prepared }: Ready, options: Options): Promise<void> {
  await store.read(tx => admitted(tx, options, method))
  for (const [name, work] of works) prepared.set(name, await about(name, work))
}

function slowWorks(
  { params }: Command,
  method: Method,
  files: Files,
  passwords: Passwords | undefined,
): Ready['works'] {
  const works = new Map<string, () => Promise<unknown>>()
  for (const name in params) {
    const kind = Object.hasOwn(method.params, name) ? method.params[name] : undefined
    const work = kind && slowWork(kind, params[name], files, passwords)
    if (work) works.set(name, work)
  }
  return works
}

function slowWork(
  { keep, prepare }: Kind<unknown>,
  given: ParamValue | undefined,
  files: Files,
  passwords: Passwords | undefined,
): (() => Promise<unknown>) | undefined {
  if (typeof given !== 'string' && !(given instanceof Uint8Array)) return undefined
  if (keep && mayBeLong(given)) return () => keep(given, files)
  if (prepare && passwords && typeof given === 'string' && given !== '')
    return () => prepare(given, passwords)
  return undefined
}

async function commit(store: Store, ready: readonly Ready[], options: Options): Promise<readonly Answer[]> {
  const { letters: caps, sender = '', now, dry } = options
  const letters = caps && new LetterCount(caps, sender, now)
  const work = async (tx: Tx) => {
    letters?.undo()
    const answers: Answer[] = []
    let repeats = 0
    for (const one of ready) {
      const actor = await admitted(tx, options, one.method)
      const first = await firstAnswer(tx, one.command, now)
      if (first) repeats++
      answers.push(first ?? (await run(tx, one, actor, options, letters)))
    }
    if (!dry && (repeats < ready.length || repeats === 0)) await options.also?.(tx, answers)
    return answers
  }
  try {
    if (!dry) return await store.transact(work)
    const answers = await rehearse(store, work)
    letters?.undo()
    return answers
  } catch (error) {
    letters?.undo()
    throw error
  }
}

async function firstAnswer(tx: Reader, { once }: Command, now: Instant): Promise<Answer | undefined> {
  const first = once && (await known(tx, once, now))
  if (first instanceof Failure) throw first
  return first && { ...first, tickets: [], heard: [], heldBack: [] }
}

async function run(
  tx: Tx,
  { command, method, prepared }: Ready,
  actor: Actor,
  options: Options,
  letters: LetterCount | undefined,
): Promise<Answer> {
  const { door, now, messageId = null, ticketBytes = Number.POSITIVE_INFINITY, network, hops = 0 } = options
  const tickets = new Set<number>()
  const heard = new Set<string>()
  const heldBack: NotWritten[] = []
  const context: Call = {
    tx,
    now,
    actor,
    door,
    messageId,
    ticketBytes,
    network,
    hops,
    letters,
    tickets,
    heard,
    heldBack,
  }
  const args = await argsOf(method, command.params, prepared, context)
  const result = await method.run(args, context)
  const says = method.says(result, args)
  const gives = method.gives ? method.gives(result) : says
  if (command.once) {
    const secret = method.toldOnce?.(result)
    // A method that only reads can run again, and its answer may be long, so only the key is kept.
    const told = method.reads ? { says: '', gives: '' } : { says, gives }
    await remember(tx, command.once, now, secret ? new Failure('conflict', secret) : told)
  }
  const answer = { says, gives, tickets: [...tickets], heard: [...heard], heldBack }
  return method.sends ? { ...answer, sends: method.sends(result) } : answer
}
