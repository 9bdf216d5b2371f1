// One thing: what a method is, and the types that it is made of.
import { Failure } from '../data/failure.ts'
import type { Passwords } from '../data/password/password.ts'
import type { Files, Reader, Search, Tx } from '../data/store.ts'
import type { Attachment, Author, Door, Instant, Letter, Mail, Ticket, User } from '../data/tables.ts'
import type { Hours } from './escalation/hours.ts'
import type { GatheredLetters } from './letters/gathered.ts'
import type { LetterCount } from './letters/letter_count.ts'
import { precautions } from './precautions.ts'
import type { TypedValue } from './value.ts'

/** Who makes a call, loaded when the call runs. */
export type Actor = { readonly kind: 'user'; readonly user: User } | Exclude<Author, { kind: 'user' }>

/** What a method's `run` works with: one transaction, one moment, one actor. */
export interface Call {
  readonly tx: Tx
  readonly now: Instant
  readonly actor: Actor
  /** The number of the token that the user logged in with. */
  readonly token: number | undefined
  /** The one ticket that the call may be about; undefined if it may be about any. */
  readonly onlyTicket: number | undefined
  readonly door: Door
  /** The Message-ID of the mail that made the call. */
  readonly messageId: string | null
  /** What the text of that mail was made from, if something was converted or taken off. */
  readonly original: Attachment | undefined
  /** The mail has no new words. */
  readonly isNothingNew: boolean
  /** The mail reopens nothing: it only says thanks, or its sender is no party to the ticket. */
  readonly keepsStatus: boolean
  /** The submitter of a new ticket gets no acknowledgement. */
  readonly isUnacknowledged: boolean
  /** How many bytes the attachments of one ticket may have together. */
  readonly ticketBytes: number
  /** The hour and the zone of queues that have none of their own. */
  readonly hours: Hours
  /** The sender network whose share its files count towards; undefined for a proven sender. */
  readonly network: string | undefined
  /** How many helpdesk letters led to the mail that made the call. */
  readonly hops: number
  /** The mailboxes in To and Cc of that mail: outsiders there get no letter about it, and staff none if it is proven. */
  readonly alreadyHave: readonly string[]
  /** Those of the addresses there who may become watchers of the ticket. */
  readonly joining: readonly string[]
  /** The mail has the mark of a letter about its ticket, which only the recipients of its letters know. */
  readonly hasMark: boolean
  /** Counts the letters against the caps; without it, no letter is held back. */
  readonly letters: LetterCount | undefined
  /** The letters of a run of many calls, one for each recipient; without it, each ticket has its own. */
  readonly gathered: GatheredLetters | undefined
  /** The tickets that a search of the method found before the transaction; they may have changed since. */
  readonly found: readonly Ticket[]
  /** The same for received mails. */
  readonly foundMails: readonly Mail[]
  /** The same for letters. */
  readonly foundLetters: readonly Letter[]
  /** The tickets that the call reads or changes, and the addresses that get a letter: `call`, `change` and `notify` fill them in. */
  readonly tickets: Set<number>
  readonly heard: Set<string>
  /** The letters that are not written: `notify` fills it in. */
  readonly heldBack: NotWritten[]
}
/** What a parameter is loaded with. */
export interface Loading extends Pick<Call, 'actor' | 'onlyTicket'> {
  readonly tx: Reader
}
/** Reads one short piece, of a few milliseconds, outside the transaction; others get their turn between two pieces. */
export type ReadPiece = <V>(work: (tx: Reader) => Promise<V>) => Promise<V>
/** What a method's `surveys` works with. */
export interface Surveying extends Pick<Call, 'actor' | 'now' | 'hours' | 'found'> {
  readonly read: ReadPiece
}
/**
 * A letter that is not written, and a sentence for a person. A cap holds it back, letters to its address do not arrive, or its recipient has
 * asked for no more.
 */
export interface NotWritten {
  readonly cap: 'address' | 'all' | 'failing' | 'stopped'
  readonly sentence: string
}

/** A JSON Schema, draft 2020-12. */
export type Schema = Readonly<Record<string, unknown>>

/** One kind of parameter: how a value from a door is checked, converted and loaded. `T` is what `run` gets. */
export interface Kind<T> {
  readonly about: string
  /** What a value must be, for help and refusals: "a ticket number". */
  readonly rule: string
  /** The same rule for programs: the schema of the value in a JSON body. */
  readonly schema: Schema
  /** With an empty value, a required parameter is refused, an optional one counts as not given, and a clearable one clears its field. */
  readonly need: 'required' | 'optional' | 'clearable'
  /** The value is never shown. */
  readonly secret: boolean
  /** The value is free text, which records and letters keep. */
  readonly words: boolean
  /** The expression that matches the value in a command. */
  readonly slot: string
  /** The matched words of a command as a POST would send them; or the other parameters that they stand for. */
  fromSlot(words: string): string | Readonly<Record<string, string>>
  /** Converts text. Throws Failure `invalid` with a sentence that does not name the parameter. */
  parse(text: string): unknown
  /** The same for a number, a boolean or a record, which are never converted to text. */
  accept(value: TypedValue): unknown
  /** Slow work on the text before the transaction begins; its result is what `run` gets. */
  prepare?(text: string, passwords: Passwords): Promise<unknown>
  /** The same for text that may be too long for a record, given as a string or in UTF-8. A kind without it takes no long text. */
  keep?(text: string | Uint8Array, files: Files): Promise<unknown>
  /** The same for files, or for text that a door has kept: reads what `run` needs of them. */
  read?(value: Exclude<TypedValue, number | boolean>, files: Files): Promise<unknown>
  /** Loads what the converted value names, in the transaction. Without it, `run` gets the value. Throws Failure `not_found` or `invalid`. */
  load?(value: unknown, call: Loading): Promise<T>
  /** The value names the ticket of the command. */
  readonly namesTicket: boolean
  /** Only a door can hand the value over, or it is a place in a command alone; callers cannot name it, so help does not show it. */
  readonly fromDoor: boolean
}
export type Params = Readonly<Record<string, Kind<unknown>>>
export type Args<P extends Params> = { readonly [N in keyof P]: P[N] extends Kind<infer T> ? T : never }

/** Who may call a method: anybody who writes a mail, every active user, or administrators. The operator and the daemon may call any. */
export type May = 'submitter' | 'agent' | 'admin'
export type Gives = string | number | object

/** One thing that the helpdesk can do. Its POST route, grammar, checks, help and documentation come from this object. */
export interface Method<P extends Params = Params, R = unknown, S = unknown> {
  readonly name: string
  /** One sentence in the imperative, with a full stop. */
  readonly summary: string
  readonly description: string
  readonly may: May
  /** The doors at which it can be called; all by default. */
  readonly doors?: readonly Door[]
  /** It changes nothing, so repeating it is harmless. */
  readonly reads?: true
  /** It removes more than it adds, so it is allowed on a full disk. */
  readonly frees?: true
  /** It removes something for good, so that the key of a letter is too weak a proof for it. */
  readonly final?: true
  /** It tells nothing about the helpdesk's records, so that any proof is enough. */
  readonly anyProof?: true
  /** It creates or changes a login, so a token cannot call it: nobody must extend a stolen token that way. */
  readonly login?: 'password'
  readonly params: P
  /** Its grammar for a mail's subject or a command line: `hold <ticket> [until <until>][: <reason>]`. Of several, help shows all. */
  readonly command?: string | Phrase | readonly (string | Phrase)[]
  /** The parameter that takes a mail's text or the shell's standard input. */
  readonly body?: keyof P & string
  /** The same for a mail alone: a shell does not wait for words that people often leave out. */
  readonly mailBody?: keyof P & string
  /** The text always goes to the submitter and the watchers. */
  readonly publicText?: true
  readonly example: Example
  /** The tickets to search for before the transaction, so that nobody waits for a long search. */
  seeks?(args: Args<P>, call: Pick<Call, 'actor' | 'now' | 'hours'>): Search<Ticket>
  /** The same for received mails. */
  seeksMails?(args: Args<P>): Search<Mail>
  /** The same for letters. */
  seeksLetters?(args: Args<P>, call: Pick<Call, 'now'>): Search<Letter>
  /** Long reading before the transaction, also about the tickets found, piece by piece; `run` gets its result. */
  surveys?(args: Args<P>, survey: Surveying): Promise<S>
  run(args: Args<P>, call: Call, surveyed: S): Promise<R>
  says(result: R, args: Args<P>): string
  /** The result for a POST and `--json`, instead of the sentence; `givesSchema` describes it. */
  gives?(result: R): Gives
  /** The schema of what `gives` returns. */
  readonly givesSchema?: Schema
  /** The name of that result in an object with `says` (see json_result.ts); needed unless the result is an object. */
  readonly givesAs?: string
  /** In `text/json` the ids of its list are strings, as in the API of 2008. */
  readonly stringIds?: true
  /** The file that a POST gets as the body of the response, instead of `gives`. */
  sends?(result: R): Attachment
  /** The sentence that refuses a repeat under the same key, if the first answer has a secret that must not be kept. */
  toldOnce?(result: R): string
  /** The result as it is kept for a repeat: without texts that may have to be removed for good. Without it, the whole result is kept. */
  again?(result: R): R
}
export type Methods = ReadonlyMap<string, Method>

/** An example call and its answer, for help and the API page; the tests run it at every door. */
export interface Example {
  readonly command: string
  readonly body?: string
  readonly says: string
  /** The result for a program, if it is not the sentence. */
  readonly gives?: Gives
}

/** A grammar whose words themselves give some parameters: `answer <ticket>` is a public follow-up. */
export interface Phrase<C extends string = string> {
  readonly command: C
  readonly means: Readonly<Record<string, string>>
}

type Slots<Grammar extends string> = Grammar extends `${string}<${infer Name}>${infer Rest}`
  ? Name | Slots<Rest>
  : never

/**
 * Declares a method. A grammar with an unknown parameter does not compile. Keep `params`, `seeks`, `surveys`, `run` and `says` in this
 * order, or their types are not inferred.
 */
export function method<P extends Params, R, S, const C extends string = never>(
  declared: Method<P, R, S> & {
    readonly command?: [Slots<C>] extends [keyof P & string]
      ? C | Phrase<C> | readonly (C | Phrase<C>)[]
      : `no parameter ${Exclude<Slots<C>, keyof P> & string}`
  },
): Method {
  const made = declared as unknown as Method
  return made.reads ? made : { ...made, params: { ...made.params, ...precautions(made.params) } }
}

/** The grammars of a method; none if it is called in the plain form only. */
export function phrasesOf({ command = [] }: Pick<Method, 'command'>): readonly Phrase[] {
  return [command].flat().map(one => (typeof one === 'string' ? { command: one, means: {} } : one))
}

/** The same as people write them. */
export function grammarTexts(method: Pick<Method, 'command'>): readonly string[] {
  return phrasesOf(method).map(({ command }) => command)
}

/** Throws Failure `forbidden` unless the actor may call the method at the door. The daemon may call any. */
export function admit(actor: Actor, { name, may, doors }: Method, door: Door): void {
  if (actor.kind === 'daemon') return
  if (actor.kind === 'submitter' && may !== 'submitter')
    throw new Failure('forbidden', `Only users of this helpdesk can call ${name}.`)
  if (actor.kind === 'user' && may === 'admin' && !actor.user.admin)
    throw new Failure(
      'forbidden',
      `Only administrators can call ${name}, and ${actor.user.username} is not one.`,
    )
  if (!doors || doors.includes(door)) return
  const elsewhere = doors.filter(other => other !== 'daemon')
  throw new Failure(
    'forbidden',
    elsewhere.length
      ? `${name} cannot be called by ${door}; use ${elsewhere.join(' or ')}.`
      : `Only the helpdesk itself can call ${name}.`,
  )
}

/** Whether a method can be called at a door. */
export function isOpenAt({ doors }: Pick<Method, 'doors'>, door: Door): boolean {
  return !doors || doors.includes(door)
}

/** The actor as a record keeps it. */
export function authorOf(actor: Actor): Author {
  return actor.kind === 'user' ? { kind: 'user', user: actor.user.id } : actor
}

/** The parameters that a caller can name. */
export function namedParams({ params }: Pick<Method, 'params'>): [string, Kind<unknown>][] {
  return Object.entries(params).filter(([, kind]) => !kind.fromDoor)
}

/** A parameter by name; undefined if there is none that a caller can name. */
export function namedParam({ params }: Pick<Method, 'params'>, name: string): Kind<unknown> | undefined {
  const kind = Object.hasOwn(params, name) ? params[name] : undefined
  return kind?.fromDoor ? undefined : kind
}
