// One thing: all that is kept, to be read from top to bottom.
import type { Code } from './failure.ts'

/** Milliseconds precise, in UTC, as `Date.toISOString` writes it, so that it sorts as text. */
export type Instant = string
/** A SHA-256 in hex: the name of some bytes in the store's files. */
export type FileName = string

export const statuses = { 1: 'Open', 2: 'Reopened', 3: 'Resolved', 4: 'Closed', 5: 'Duplicate' } as const
export type Status = keyof typeof statuses
export type Priority = 1 | 2 | 3 | 4 | 5

export interface Ticket {
  readonly id: number
  readonly version: number
  readonly queue: number
  readonly title: string
  readonly submitter_email: string | null
  readonly assigned_to: number | null
  readonly status: Status
  readonly on_hold: boolean
  readonly priority: Priority
  readonly due_date: string | null
  readonly resolution: string | null
  /** The whole resolution, in UTF-8, where that is only its beginning. */
  readonly resolution_file?: FileName
  readonly created: Instant
  readonly modified: Instant
}

export type Value = string | number | boolean | null
/**
 * One field of a ticket that a follow-up changed; of a long text the beginning. Those of `on_hold`, with the follow-up's date, are the hold
 * intervals.
 */
export interface Change {
  readonly field: keyof Ticket
  readonly from: Value
  readonly to: Value
}
export interface Attachment {
  readonly file: FileName
  readonly filename: string
  readonly mime_type: string
  readonly size: number
}
export interface Followup {
  readonly id: number
  readonly ticket: number
  readonly date: Instant
  readonly comment: string
  /** The whole comment, in UTF-8, where that is only its beginning. */
  readonly comment_file?: FileName
  readonly public: boolean
  readonly author: Author
  readonly door: Door
  readonly changes: readonly Change[]
  readonly attachments: readonly Attachment[]
  /** The Message-ID of the mail that it came by, for the letters that answer it. */
  readonly message_id: string | null
  /** The sender network that its files count for, where they came by unproven mail: a range of addresses, or a domain. */
  readonly network?: string
  /** How many letters of helpdesks led to the mail that it came by, where there were any. */
  readonly hops?: number
}
export type Door = 'http' | 'mail' | 'shell' | 'daemon'
/** Who did it, as kept: the number of a user, the address of whoever wrote a mail (null where it named
 * none) and whether it was a machine, or the process side. Where the address is a user's, `proven` says whether that user wrote it. */
export type Author =
  | { readonly kind: 'user'; readonly user: number }
  | {
      readonly kind: 'submitter'
      readonly address: string | null
      readonly automatic: boolean
      readonly proven?: boolean
    }
  | { readonly kind: 'operator' }
  | { readonly kind: 'daemon' }

export interface Queue {
  readonly id: number
  readonly title: string
  readonly slug: string
  readonly email_address: string | null
  readonly new_ticket_cc: readonly string[]
  readonly updated_ticket_cc: readonly string[]
  readonly escalate_days: number | null
  readonly default_owner: number | null
  readonly locale: string
}

export interface User {
  readonly id: number
  readonly username: string
  readonly full_name: string
  /** In lower case: they identify the user, so they must compare equal however they are written. */
  readonly addresses: readonly string[]
  readonly password_hash: string | null
  readonly admin: boolean
  readonly active: boolean
}

/** A secret that a program logs in with in place of a user's password, kept as its hash. */
export interface Token {
  readonly id: number
  readonly user: number
  readonly label: string
  readonly hash: string
  /** The methods that it may call; all that its user may where there are none. */
  readonly methods: readonly string[]
  readonly created: Instant
  readonly expires: Instant | null
  /** To the hour, so that not every call has to write it. */
  readonly last_used: Instant | null
}

/**
 * What a letter tells. `claimed`: that something was said in the name of a user, without proof. `held_back`: that letters are held back.
 * `summary`: what would have been too many letters.
 */
export const letterEvents = [
  'opened',
  'followed_up',
  'resolved',
  'answered',
  'claimed',
  'held_back',
  'summary',
] as const
export type Event = (typeof letterEvents)[number]
/** A letter as facts; its words are made at each attempt. */
export interface Letter {
  readonly id: number
  readonly event: Event
  readonly to: string
  readonly ticket: number | null
  readonly followup: number | null
  /** The follow-ups that a summary names, and whether there were more. */
  readonly followups?: readonly number[]
  readonly more?: boolean
  readonly answer: MailAnswer | null
  readonly state: 'waiting' | 'sent' | 'failed'
  readonly created: Instant
  /** When the next attempt may be made; of a letter that is not waiting, when the last one was. */
  readonly due: Instant
  readonly attempts: readonly Attempt[]
}
export interface Attempt {
  readonly at: Instant
  readonly reply: string
}
/** What a letter with sentences of its own says, like the answer to a mailed command, and which mail it answers. */
export interface MailAnswer {
  readonly subject: string
  readonly message_id: string | null
  readonly sentences: readonly string[]
}

export const verdicts = ['command', 'near_miss', 'automatic', 'report', 'followup', 'ticket'] as const
/** One received mail, and what was decided about it. */
export interface Mail {
  readonly id: number
  readonly received: Instant
  readonly peer: string
  readonly envelope_from: string
  readonly recipients: readonly string[]
  readonly from: string | null
  readonly subject: string
  readonly message_id: string | null
  readonly verdict: (typeof verdicts)[number]
  readonly reasons: readonly string[]
  /** A sentence for each letter that was held back. */
  readonly held_back?: readonly string[]
  readonly user: number | null
  readonly tickets: readonly number[]
  readonly raw: FileName | null
  /** Its size in bytes. */
  readonly raw_size?: number
  /** The sender network that it counts for, where the mail is unproven: a range of addresses, or a domain. */
  readonly network?: string
}

/** What the first call under a key came to, for those that repeat it: an answer, or a refusal. */
export interface Once {
  readonly id: string
  readonly expires: Instant
  /** What was called under the key, where a door takes keys that callers choose. */
  readonly fingerprint?: string
  readonly answer: { readonly says: string; readonly gives: string | number | object } | null
  readonly refusal: { readonly code: Code; readonly says: string } | null
}

/**
 * That a backup was put back. What was given out since it had been made belongs to a time that is lost; how often that was is the epoch.
 */
export interface Restore {
  readonly id: number
  readonly at: Instant
  /** The highest number of each table as the backup knew it, and what it was raised to. */
  readonly before: Readonly<Record<string, number>>
  readonly after: Readonly<Record<string, number>>
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
}
export type Table = keyof Tables
export type Row<T extends Table> = Tables[T]
export type Id<T extends Table> = Row<T>['id']
/** The tables whose records the store numbers. */
export type Numbered = { [T in Table]: Id<T> extends number ? T : never }[Table]

/** Of each table the fields that can be looked up without a scan. A list field is found by each of its values. */
export const keys: { readonly [T in Table]: readonly (keyof Row<T> & string)[] } = {
  tickets: ['queue', 'submitter_email'],
  followups: ['ticket'],
  queues: ['slug', 'email_address'],
  users: ['username', 'addresses'],
  tokens: ['hash', 'user'],
  letters: ['state', 'ticket'],
  mails: ['tickets'],
  once: [],
  restores: [],
}
type ListField<R> = {
  [K in keyof R]-?: NonNullable<R[K]> extends readonly (string | number)[] ? K : never
}[keyof R]
/** Of each table the fields that are lists of values: a condition on one holds where it holds for one of its values. */
export const lists: { readonly [T in Table]: readonly ListField<Row<T>>[] } = {
  tickets: [],
  followups: [],
  queues: ['new_ticket_cc', 'updated_ticket_cc'],
  users: ['addresses'],
  tokens: ['methods'],
  letters: ['followups'],
  mails: ['recipients', 'reasons', 'held_back', 'tickets'],
  once: [],
  restores: [],
}
/** Of each table the fields that its records can be sorted by, beside their id. */
export const orders: { readonly [T in Table]: readonly (keyof Row<T> & string)[] } = {
  tickets: ['priority', 'due_date'],
  followups: [],
  queues: ['title'],
  users: [],
  tokens: [],
  letters: ['due'],
  mails: [],
  once: [],
  restores: [],
}
/** The tables whose records can be found by words in their texts. */
export const searched: readonly Table[] = ['tickets', 'followups']
export const tables = Object.keys(keys) as Table[]
export const numbered = tables.filter((table): table is Numbered => table !== 'once')

/** A file that a record names. A file that no record names any more is removed. */
export interface KeptFile {
  readonly file: FileName
  /** In bytes, where the record says it. */
  readonly size: number | undefined
  /** The sender network that it counts for; undefined where the sender is proven. */
  readonly network: string | undefined
  /** The mail's record, where the file is the mail as it came. */
  readonly mail?: Id<'mails'>
}
export const filesOf: { readonly [T in Table]?: (record: Row<T>) => readonly KeptFile[] } = {
  tickets: ({ resolution_file: file }) =>
    file === undefined ? [] : [{ file, size: undefined, network: undefined }],
  followups: ({ attachments, comment_file, network }) => [
    ...attachments.map(({ file, size }) => ({ file, size, network })),
    ...(comment_file === undefined ? [] : [{ file: comment_file, size: undefined, network }]),
  ],
  mails: ({ id, raw, raw_size, network }) =>
    raw === null ? [] : [{ file: raw, size: raw_size, network, mail: id }],
}
