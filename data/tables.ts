// One thing: all tables and fields, to be read from top to bottom.
import type { Code } from './failure.ts'

/** A time in UTC with milliseconds, as `Date.toISOString` writes it, so it sorts as text. */
export type Instant = string
/** A SHA-256 in hex: the name of a file in the store. */
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
  /** The display name of the submitter, for staff only; without an address, who wrote the mail as its From says it. */
  readonly submitter_name?: string
  readonly assigned_to: number | null
  readonly status: Status
  readonly on_hold: boolean
  readonly priority: Priority
  readonly due_date: string | null
  readonly resolution: string | null
  /** The whole resolution, in UTF-8, if `resolution` is only its beginning. */
  readonly resolution_file?: FileName
  /** The name that its caller chose; no other ticket has it. */
  readonly reference?: string
  readonly created: Instant
  readonly modified: Instant
  /** Who else is told of every public update; at most 50 addresses, each once, whatever its spelling. */
  readonly watchers?: readonly string[]
  /** The ticket that this one is a duplicate of. */
  readonly duplicate_of?: number
  /** When it last rose, or its owner was last reminded of it: such a step begins the count of days anew. */
  readonly last_escalation?: Instant
  /** How many reminders there were of a ticket of priority 1 since the last progress. */
  readonly reminders?: number
  /** What ends the hold by itself, while it is on hold: a day as `YYYY-MM-DD`, or the submitter's answer as `answer`. */
  readonly hold_until?: string
}

export type Value = string | number | boolean | null
/**
 * A field of a ticket that a follow-up changed; long texts are cut to their beginning. The changes of `on_hold`, with the dates of their
 * follow-ups, give the hold intervals. Each added or removed watcher is a change of its own. `followup`: the one with the number `from`
 * was redacted.
 */
export interface Change {
  readonly field: keyof Ticket | 'followup'
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
  /** The whole comment, in UTF-8, if `comment` is only its beginning. */
  readonly comment_file?: FileName
  readonly public: boolean
  readonly author: Author
  readonly door: Door
  readonly changes: readonly Change[]
  readonly attachments: readonly Attachment[]
  /** What its text was made from, if something was converted or taken off: the HTML of its mail, or the whole text of an answer. */
  readonly original?: Attachment
  /** The mail that it came by has no new words: only a quote or a signature. */
  readonly nothing_new?: true
  /** The letter that did not arrive, as it tells. */
  readonly about_letter?: number
  /** The Message-ID of the mail that it came by; letters about it refer to it. */
  readonly message_id: string | null
  /** The sender network (IP range or domain) that its files count for, if they came by unproven mail. */
  readonly network?: string
  /** Its text and files were removed; `comment` names who did it. */
  readonly redacted?: true
  /** How many letters of helpdesks came before the mail that it came by, if any; stops mail loops. */
  readonly hops?: number
}
export type Door = 'http' | 'mail' | 'shell' | 'daemon'
/**
 * Who made a follow-up: a user; the sender of a mail, with the address (null if it named none that we can write to), the display name
 * for staff (without an address, the From as written) and whether a machine wrote it; the operator; or the daemon. If the address
 * belongs to a user, `proven` says whether that user wrote it.
 */
export type Author =
  | { readonly kind: 'user'; readonly user: number }
  | {
      readonly kind: 'submitter'
      readonly address: string | null
      readonly name?: string
      readonly automatic: boolean
      readonly proven?: boolean
    }
  | { readonly kind: 'operator' }
  | { readonly kind: 'daemon' }

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
  readonly locale: string
}

export interface User {
  readonly id: number
  readonly username: string
  readonly full_name: string
  /** In lower case, since they identify the user in any spelling. */
  readonly addresses: readonly string[]
  readonly password_hash: string | null
  readonly admin: boolean
  readonly active: boolean
  /** The queues that the user is limited to: the tickets of other queues do not exist for the user. All queues if absent. */
  readonly queues?: readonly number[]
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

/**
 * What a letter is about. `claimed`: an unproven mail named the user as its sender. `held_back`: letters were held back.
 * `summary`: several follow-ups at once, instead of too many letters. `letter_failed`: another letter did not arrive. `escalated`: the
 * ticket rose; `reminder`: it cannot rise any more and still waits; `hold_ended`: its hold ended by itself; `escalations`: several of these
 * in one run.
 */
export type Event =
  | 'opened'
  | 'followed_up'
  | 'resolved'
  | 'assigned'
  | 'reopened'
  | 'closed'
  | 'duplicate'
  | 'answered'
  | 'claimed'
  | 'held_back'
  | 'summary'
  | 'letter_failed'
  | 'escalated'
  | 'reminder'
  | 'hold_ended'
  | 'escalations'
/** A letter as data; its text is rendered at each attempt. */
export interface Letter {
  readonly id: number
  readonly event: Event
  readonly to: string
  readonly ticket: number | null
  readonly followup: number | null
  /** The follow-ups that a letter about several lists, and whether there were more. */
  readonly followups?: readonly number[]
  readonly more?: boolean
  readonly answer: MailAnswer | null
  readonly state: 'waiting' | 'sent' | 'failed'
  readonly created: Instant
  /** Waiting letters: the time of the next attempt. Others: the time of the last attempt. */
  readonly due: Instant
  readonly attempts: readonly Attempt[]
  /** What mail systems have reported about it besides a failure; at most 5. */
  readonly reports?: readonly LetterReport[]
}
export interface Attempt {
  readonly at: Instant
  readonly reply: string
}
export interface LetterReport {
  readonly at: Instant
  readonly outcome: 'delayed' | 'delivered' | 'read'
  /** Of the mail system; at most 300 bytes. */
  readonly words: string
}
/** A letter with its own sentences, such as the answer to a mailed command: what it says, and which mail it answers. */
export interface MailAnswer {
  readonly subject: string
  readonly message_id: string | null
  readonly sentences: readonly string[]
  /** The sentences show what was asked for, which deleting and redacting the ticket remove. */
  readonly shows?: true
  /** A file of the ticket that goes along. It is not kept for the letter: if it is gone at the attempt, the letter says so. */
  readonly attachment?: Attachment
}

export type Verdict =
  | 'command'
  | 'status'
  | 'near_miss'
  | 'automatic'
  | 'report'
  | 'followup'
  | 'ticket'
  | 'ignored'
  | 'spam'
/** A received mail, and what was decided about it. */
export interface Mail {
  readonly id: number
  readonly received: Instant
  readonly peer: string
  readonly envelope_from: string
  readonly recipients: readonly string[]
  readonly from: string | null
  readonly subject: string
  readonly message_id: string | null
  readonly verdict: Verdict
  readonly reasons: readonly string[]
  /** A sentence for each letter that was held back. */
  readonly held_back?: readonly string[]
  readonly user: number | null
  readonly tickets: readonly number[]
  readonly raw: FileName | null
  /** Its size in bytes. */
  readonly raw_size?: number
  /** The sender network (IP range or domain) that it counts for, if the mail is unproven. */
  readonly network?: string
  /** The user that its session logged in as, and the token that it used instead of a password. */
  readonly login?: number
  readonly token?: number
  /** If its From is the address of a user, whether that user wrote it. */
  readonly proven?: boolean
  /** The rule of the header gate that a mail of such a session breaks. */
  readonly gate?: string
  /** The mail of which this one is the repeat by an operator; that one has the number of this one. */
  readonly replay_of?: number
  readonly replayed_as?: number
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

/** An entry of the ignore list: mail from these senders is kept, and nothing else is done for it. */
export interface Ignore {
  readonly id: number
  /** An address or a pattern in lower case, as `strictPattern` gives it; no other entry has it. */
  readonly email: string
  /** What the entry is for; may be empty. */
  readonly name: string
  /** The queues that ignore the senders. All queues if absent. */
  readonly queues?: readonly number[]
  readonly created: Instant
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
  exclusions: Exclusion
}
export type Table = keyof Tables
export type Row<T extends Table> = Tables[T]
export type Id<T extends Table> = Row<T>['id']
/** The tables whose records the store numbers. */
export type Numbered = { [T in Table]: Id<T> extends number ? T : never }[Table]
