// One thing: what a method is, and all that a method is made of.
import { Failure } from '../data/failure.ts'
import type { Passwords } from '../data/password.ts'
import type { Files, Tx } from '../data/store.ts'
import type { Attachment, Author, Door, Instant, User } from '../data/tables.ts'
import type { HeldBack } from './letters/letter_caps.ts'
import type { LetterCount } from './letters/letter_count.ts'
import type { TypedValue } from './value.ts'

/** Who makes a call, as loaded when it runs. */
export type Actor = { readonly kind: 'user'; readonly user: User } | Exclude<Author, { kind: 'user' }>

/** What a method's `run` works with: one transaction, one moment, one actor. */
export interface Call {
  readonly tx: Tx
  readonly now: Instant
  readonly actor: Actor
  readonly door: Door
  /** The Message-ID of the mail that the call came by. */
  readonly messageId: string | null
  /** How many bytes the attachments of one ticket may have together. */
  readonly ticketBytes: number
  /** The sender network that its files count for; undefined for a proven sender. */
  readonly network: string | undefined
  /** How many letters of helpdesks led to the mail that the call came by. */
  readonly hops: number
  /** Counts the letters against the caps; all letters go where there is none. */
  readonly letters: LetterCount | undefined
  /** The tickets that it was about, and the addresses that hear of it: `change` and `notify` fill them in. */
  readonly tickets: Set<number>
  readonly heard: Set<string>
  /** The letters that are not written: `notify` fills it in. */
  readonly heldBack: NotWritten[]
}
/** A letter that is not written: the cap that held it back, and a sentence. */
export interface NotWritten {
  readonly cap: HeldBack['cap']
  readonly sentence: string
}

/** A JSON Schema, draft 2020-12. */
export type Schema = Readonly<Record<string, unknown>>

/** One kind of parameter: how what a door hands over is checked, and what `run` gets for it. `T` is what `run` gets. */
export interface Kind<T> {
  readonly about: string
  /** What a value must be, as it stands in help and errors: "a ticket number". */
  readonly rule: string
  /** What programs are told of that rule: the value as a JSON body has it. */
  readonly schema: Schema
  /** Left empty, a required parameter is missing, an optional one is not given, and a clearable one clears what it names. */
  readonly need: 'required' | 'optional' | 'clearable'
  /** Its value is shown nowhere. */
  readonly secret: boolean
  /** It is text in somebody's own words, which records and letters keep. */
  readonly words: boolean
  /** The expression that matches it in a command, and what a POST would say for the words found. */
  readonly slot: string
  fromSlot(words: string): string
  /** Text to value; throws Failure `invalid` with a sentence about the value alone. */
  parse(text: string): unknown
  /** The same of a number, a boolean or a record, which never become text on the way. */
  accept(value: TypedValue): unknown
  /** Slow work on the text before the transaction begins, which gives what `run` gets. */
  prepare?(text: string, passwords: Passwords): Promise<unknown>
  /** The same for a text that may be too long for a record, in UTF-8 or not yet. What has no such work takes no long text. */
  keep?(text: string | Uint8Array, files: Files): Promise<unknown>
  /** ParamValue to what `run` gets, in the transaction; without it `run` gets the value. Throws Failure `not_found` or `invalid`. */
  load?(value: unknown, call: Call): Promise<T>
  /** A command that gives it says which ticket it is about. */
  readonly namesTicket: boolean
  /** Only a door can hand it over: no caller names it, so no text tells of it. */
  readonly fromDoor: boolean
}
export type Params = Readonly<Record<string, Kind<unknown>>>
export type Args<P extends Params> = { readonly [N in keyof P]: P[N] extends Kind<infer T> ? T : never }

/** Who may call a method: anybody who writes a mail, every active user, administrators. The operator and the daemon may all. */
export type May = 'submitter' | 'agent' | 'admin'
export type Gives = string | number | object

/** One thing that the helpdesk can do. Its POST route, its grammars, its checks and its place in every text come from this object. */
export interface Method<P extends Params = Params, R = unknown> {
  readonly name: string
  /** One sentence, with its full stop. */
  readonly summary: string
  readonly description: string
  readonly may: May
  /** Where it can be called; everywhere when not named. */
  readonly doors?: readonly Door[]
  /** It changes nothing, so that a repeat does no harm. */
  readonly reads?: true
  /** It takes away more than it adds, so that it is what helps where there is no room. */
  readonly frees?: true
  /** Where it makes or changes a login, a token does not do: a stolen one must not outlive its end. */
  readonly login?: 'password'
  readonly params: P
  /** Its grammar in a subject or on a command line: `hold <ticket>[: <reason>]`. */
  readonly command?: string
  /** The parameter that takes a mail's text or the shell's standard input. */
  readonly body?: keyof P & string
  readonly example: Example
  run(args: Args<P>, call: Call): Promise<R>
  says(result: R, args: Args<P>): string
  /** What the POST body and `--json` carry in place of the sentence; `givesSchema` stands beside it. */
  gives?(result: R): Gives
  /** What programs are told of that. */
  readonly givesSchema?: Schema
  /** In `text/json` the ids of its list are strings, as they were in 2008. */
  readonly stringIds?: true
  /** The file whose bytes are the POST body in place of that. */
  sends?(result: R): Attachment
  /** What a repeat under the same key is refused with, where the first answer holds a secret that must not be kept. */
  toldOnce?(result: R): string
}
export type Methods = ReadonlyMap<string, Method>

/** A call as help shows it and the parity test makes it, and what it is answered with. */
export interface Example {
  readonly command: string
  readonly body?: string
  readonly says: string
  /** What a program gets, where that is not the sentence. */
  readonly gives?: Gives
}

type Slots<Grammar extends string> = Grammar extends `${string}<${infer Name}>${infer Rest}`
  ? Name | Slots<Rest>
  : never

/**
 * Declares a method. A grammar that names a parameter it does not have does not compile. Keep `params`, `run` and `says` in this
 * order, or their types are not inferred.
 */
export function method<P extends Params, R, const C extends string = never>(
  declared: Method<P, R> & {
    readonly command?: [Slots<C>] extends [keyof P & string]
      ? C
      : `no parameter ${Exclude<Slots<C>, keyof P> & string}`
  },
): Method {
  return declared as unknown as Method
}

/** Throws Failure `forbidden` unless the actor may call the method, and may do so at the door. The daemon may all. */
export function admit(actor: Actor, { name, may, doors }: Method, door: Door): void {
  if (actor.kind === 'daemon') return
  if (actor.kind === 'submitter' && may !== 'submitter')
    throw new Failure('forbidden', `${name} is for users of this helpdesk.`)
  if (actor.kind === 'user' && may === 'admin' && !actor.user.admin)
    throw new Failure('forbidden', `${name} is for administrators, and ${actor.user.username} is not one.`)
  if (!doors || doors.includes(door)) return
  const elsewhere = doors.filter(other => other !== 'daemon')
  throw new Failure(
    'forbidden',
    elsewhere.length
      ? `${name} cannot be called by ${door}; use ${elsewhere.join(' or ')}.`
      : `${name} is for the helpdesk itself.`,
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

/** The parameter of this name, where a caller can name it. */
export function namedParam({ params }: Pick<Method, 'params'>, name: string): Kind<unknown> | undefined {
  const kind = Object.hasOwn(params, name) ? params[name] : undefined
  return kind?.fromDoor ? undefined : kind
}
