// One file, since it is one way: what a call is, and each step of it in the order in which it is taken.
import { Failure, isTemporary, shown } from '../data/failure.ts'
import type { Passwords } from '../data/password.ts'
import type { Files, Reader, Store, Tx } from '../data/store.ts'
import type { Attachment, Instant } from '../data/tables.ts'
import { admitted, type Caller } from './actor.ts'
import { about, argsOf, type Texts } from './args.ts'
import { known, type OnceKey, remember } from './idempotency.ts'
import { methods } from './index.ts'
import type { LetterCaps } from './letters/letter_caps.ts'
import { LetterCount } from './letters/letter_count.ts'
import type { Actor, Call, Gives, Kind, Method, NotWritten } from './method.ts'
import { mayBeLong } from './params/kept_text.ts'

export interface Command {
  readonly method: string
  readonly params: Texts
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
    const ready = await prepare(store, commands, options)
    return await commit(store, ready, options)
  } catch (error) {
    const { alsoRefused, now } = options
    if (!(error instanceof Failure) || isTemporary(error) || !alsoRefused || options.dry) throw error
    if (!(error instanceof Repeated)) await recordRefusal(store, commands, now, error, alsoRefused)
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

/** What was refused before under the same key, and is refused again without a new record of it. */
class Repeated extends Failure {}

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
    // The same call at the same time may have been first.
    if (keys.length > 0 && fresh.length === 0) return
    for (const once of fresh) await remember(tx, once, now, refusal)
    await alsoRefused(tx, refusal)
  })
}

interface Ready {
  readonly command: Command
  readonly method: Method
  /** The values that slow work was done on already. */
  readonly prepared: ReadonlyMap<string, unknown>
}

async function prepare(
  store: Store,
  commands: readonly (Command | Unreadable)[],
  options: Options,
): Promise<Ready[]> {
  const ready: Ready[] = []
  for (const command of commands) {
    if ('refused' in command) throw command.refused
    const method = methods.get(command.method)
    if (!method)
      throw new Failure('not_found', `There is no method ${shown(command.method)}; "help" lists them.`)
    ready.push({ command, method, prepared: await slowValues(store, command, method, options) })
  }
  return ready
}

/** Who may not call the method is not worth slow work, so that is looked at first here, and again in the transaction. */
async function slowValues(
  store: Store,
  { params }: Command,
  method: Method,
  options: Options,
): Promise<Map<string, unknown>> {
  const values = new Map<string, unknown>()
  for (const [name, kind] of Object.entries(method.params)) {
    const work = slowWork(kind, params[name], store.files, options.passwords)
    if (!work) continue
    if (values.size === 0) await store.read(tx => admitted(tx, options, method))
    values.set(name, await about(name, work))
  }
  return values
}

function slowWork(
  { keep, prepare }: Kind<unknown>,
  given: Texts[string] | undefined,
  files: Files,
  passwords: Passwords | undefined,
): (() => Promise<unknown>) | undefined {
  if (typeof given !== 'string' && !(given instanceof Uint8Array)) return undefined
  if (keep && mayBeLong(given)) return () => keep(given, files)
  if (prepare && passwords && typeof given === 'string' && given !== '')
    return () => prepare(given, passwords)
  return undefined
}

class DryRun extends Error {
  readonly answers: readonly Answer[]
  constructor(answers: readonly Answer[]) {
    super('dry run')
    this.answers = answers
  }
}

async function commit(store: Store, ready: readonly Ready[], options: Options): Promise<readonly Answer[]> {
  const { letters: caps, sender = '', now } = options
  const letters = caps && new LetterCount(caps, sender, now)
  try {
    return await store.transact(async tx => {
      letters?.undo()
      const answers: Answer[] = []
      let repeats = 0
      for (const one of ready) {
        const actor = await admitted(tx, options, one.method)
        const first = await firstAnswer(tx, one.command, options.now)
        if (first) repeats++
        answers.push(first ?? (await run(tx, one, actor, options, letters)))
      }
      if (options.dry) throw new DryRun(answers)
      if (repeats < ready.length || repeats === 0) await options.also?.(tx, answers)
      return answers
    })
  } catch (error) {
    letters?.undo()
    if (error instanceof DryRun) return error.answers
    throw error
  }
}

async function firstAnswer(tx: Reader, { once }: Command, now: Instant): Promise<Answer | undefined> {
  const first = once && (await known(tx, once, now))
  if (first instanceof Failure) throw new Repeated(first.code, first.message)
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
  const seen = { tickets: new Set<number>(), heard: new Set<string>(), heldBack: [] as NotWritten[] }
  const context: Call = { tx, now, actor, door, messageId, ticketBytes, network, hops, letters, ...seen }
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
  const sends = method.sends && { sends: method.sends(result) }
  const { tickets, heard, heldBack } = context
  return { says, gives, ...sends, tickets: [...tickets], heard: [...heard], heldBack }
}
