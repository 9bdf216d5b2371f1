// One file, since it is one way: what a call is, and each step of it in the order in which it is taken.
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
  /** A repeat under the same key, so long after, gets the first answer and changes nothing. */
  readonly once?: OnceKey
}
/** A line that was meant as a command and cannot be read: refused like one, and recorded like one. */
export interface Unreadable {
  readonly refused: Failure
  readonly once?: OnceKey
}
export interface Answer {
  /** The sentence, the same at every door. */
  readonly says: string
  /** What a program gets. */
  readonly gives: Gives
  /** The file that a program gets in place of that. */
  readonly sends?: Attachment
  readonly tickets: readonly number[]
  /** The addresses that a letter goes to. */
  readonly heard: readonly string[]
  /** The letters that a cap held back. */
  readonly heldBack: readonly NotWritten[]
}
/** The caller; a user and the token are loaded again when it runs. */
export interface Options extends Caller {
  readonly messageId?: string | null
  /** Throws Failure `full` when what a command adds would find too little room; not asked where none adds anything. */
  readonly room?: () => Promise<void>
  /** How many bytes the attachments of one ticket may have together; any number where nobody can attach something. */
  readonly ticketBytes?: number
  /** The sender network that its files count for; undefined for a proven sender. */
  readonly network?: string | undefined
  /** How many letters of helpdesks led to the mail that it came by; 0 where this is left out. */
  readonly hops?: number
  /** What hashes new passwords, at a door where one can be set. */
  readonly passwords?: Passwords
  /** The caps on letters; all letters go where there are none. */
  readonly letters?: LetterCaps
  /** The source of the mail that it came by, which shares the caps fairly with others. */
  readonly sender?: string
  /** Changes nothing and says what would happen. */
  readonly dry?: true
  /** Puts the door's own records into the same commit. Not called for a repeat. */
  readonly also?: (tx: Tx, answers: readonly Answer[]) => Promise<void>
  /**
   * Puts a refusal for good on record, in a commit of its own. Not called for a repeat. Without it the refusal is not remembered under
   * the commands' keys either: the same call may be made once more.
   */
  readonly alsoRefused?: (tx: Tx, refusal: Failure) => Promise<void>
}

/**
 * The only way in: runs commands, all or none, in one commit. Gives an answer for each, durable. Throws Failure: of the first
 * command that is refused, or `full` or `unavailable` of the store or of `room`.
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

/** Whether one of them adds to what is kept. What cannot be read would: its record. */
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
    // What was refused before under all of these keys is refused again without a new record of it.
    if (keys.length > 0 && fresh.length === 0) return
    for (const once of fresh) await remember(tx, once, now, refusal)
    await alsoRefused(tx, refusal)
  })
}

interface Ready {
  readonly command: Command
  readonly method: Method
  /** The values that need slow work, which is done before the transaction, and what it gave. */
  readonly works: ReadonlyMap<string, () => Promise<unknown>>
  readonly prepared: Map<string, unknown>
}

function prepare(store: Store, commands: readonly (Command | Unreadable)[], { passwords }: Options): Ready[] {
  return commands.map(command => {
    if ('refused' in command) throw command.refused
    const method = methods.get(command.method)
    if (!method)
      throw new Failure('not_found', `There is no method ${shown(command.method)}; "help" lists them.`)
    return { command, method, works: slowWorks(command, method, store.files, passwords), prepared: new Map() }
  })
}

/** Who may not call the method is not worth slow work, so that is looked at first here, and again in the transaction. */
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
    // What changes nothing can be asked again, and its answer may be long: that it was asked is all that is kept of it.
    const told = method.reads ? { says: '', gives: '' } : { says, gives }
    await remember(tx, command.once, now, secret ? new Failure('conflict', secret) : told)
  }
  const answer = { says, gives, tickets: [...tickets], heard: [...heard], heldBack }
  return method.sends ? { ...answer, sends: method.sends(result) } : answer
}
