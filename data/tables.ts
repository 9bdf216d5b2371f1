import type { Code } from './failure.ts'
import type { Confirmation, FailingAddress, Ignore, Letter, Mail } from './mail_tables.ts'
import type { Followup, Instant, Ticket } from './ticket_tables.ts'

export type * from './letters/notice.ts'
export type * from './mail_tables.ts'
export * from './ticket_tables.ts'

export interface Queue {
  readonly id: number
  readonly title: string
  readonly slug: string
  /** The slugs that it had before, the newest first; they go on naming it unless another queue has them now. */
  readonly former_slugs?: readonly string[]
  readonly email_address: string | null
  readonly new_ticket_cc: readonly string[]
  readonly updated_ticket_cc: readonly string[]
  readonly escalate_days: number | null
  /** The local hour of its escalations, as `HH:MM`; that of the config if absent. */
  readonly escalate_at?: string
  /** The IANA name of the time zone of its days; that of the config if absent. */
  readonly time_zone?: string
  /** The submitter is told that a ticket rises. */
  readonly tells_escalation?: true
  readonly default_owner: number | null
  /** The language of its letters; `auto` for that of the mail, and without one, the language of the site. */
  readonly locale: string
  /** The first and the last lines of letters to submitters and watchers. */
  readonly greeting?: string
  readonly signature?: string
  /** Whether letters to submitters and watchers end with what was written before; false if absent. */
  readonly quote?: boolean
  /** For how many minutes after the last change of a ticket the same sender's mail of a machine joins it; 0 if absent. */
  readonly join_minutes?: number
  /** Whether a person's mail sets the priority of its ticket by its Importance; false if absent. */
  readonly importance?: boolean
  /** Whether what agents forward to it belongs to the original sender; false if absent. */
  readonly forwards?: boolean
}

export interface User {
  readonly id: number
  readonly username: string
  readonly full_name: string
  /** In lower case, since they identify the user in any spelling. */
  readonly addresses: readonly string[]
  /** When the last of them was added: the key of an older letter does not prove that this user writes. */
  readonly addresses_since?: Instant
  readonly password_hash: string | null
  readonly admin: boolean
  readonly active: boolean
  /** The queues that the user is limited to: the tickets of other queues do not exist for the user. All queues if absent. */
  readonly queues?: readonly number[]
  /** Which letters about tickets the user wants as one of their staff; all if absent. */
  readonly notify?: 'mine' | 'none'
  /** The local hour of the user's digest, as `HH:MM`; no digest if absent. */
  readonly digest?: string
  /** The day of the last one, as `YYYY-MM-DD`, also if there was nothing to tell. */
  readonly digested_on?: string
}

/** A secret that a program logs in with instead of a user's password, stored as its hash. */
export interface Token {
  readonly id: number
  readonly user: number
  readonly label: string
  readonly hash: string
  /** The methods that it may call; if empty, all that its user may call. */
  readonly methods: readonly string[]
  readonly created: Instant
  readonly expires: Instant | null
  /** To the hour, so that not every call writes it. */
  readonly last_used: Instant | null
}

/** The result of the first call with a key, for repeats of the call: an answer or a refusal. */
export interface Once {
  readonly id: string
  readonly expires: Instant
  /** Identifies the call, if the caller chose the key: another call with the same key is refused. */
  readonly fingerprint?: string
  readonly answer: { readonly says: string; readonly gives: string | number | object } | null
  readonly refusal: { readonly code: Code; readonly says: string } | null
}

/**
 * A restore from a backup. What was given out after the backup belongs to a lost time; the number of restores is the epoch.
 */
export interface Restore {
  readonly id: number
  readonly at: Instant
  /** The highest id of each table in the backup, and the id that it was raised to. */
  readonly before: Readonly<Record<string, number>>
  readonly after: Readonly<Record<string, number>>
}

/** Days that do not count for escalations. It has exactly one of `date`, `weekday` and `yearly`. */
export interface Exclusion {
  readonly id: number
  /** What the days are, such as "Christmas"; may be empty. */
  readonly name: string
  /** The queues in which the days do not count. All queues if absent. */
  readonly queues?: readonly number[]
  /** One day, as `YYYY-MM-DD`. */
  readonly date?: string
  /** Every such day of the week: 0 is Sunday, 6 is Saturday. */
  readonly weekday?: number
  /** One day of every year, as `MM-DD`. */
  readonly yearly?: string
}

export interface Tables {
  tickets: Ticket
  followups: Followup
  queues: Queue
  users: User
  tokens: Token
  letters: Letter
  mails: Mail
  once: Once
  restores: Restore
  ignores: Ignore
  failing: FailingAddress
  exclusions: Exclusion
  confirmations: Confirmation
}
export type Table = keyof Tables
export type Row<T extends Table> = Tables[T]
export type Id<T extends Table> = Row<T>['id']
/** The tables whose records the store numbers. */
export type Numbered = { [T in Table]: Id<T> extends number ? T : never }[Table]
