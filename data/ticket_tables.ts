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
  /**
   * The slug of its queue when it was opened, and its title then, if it has another now: the subject of its letters has these. A queue
   * does not keep when its slug changed, and the first of thousands of follow-ups may be the one with the title.
   */
  readonly opened_in?: string
  readonly opened_title?: string
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
  /**
   * Those watchers that are there only because of the To or Cc of somebody's mail. Until they answer a letter, they are told of what
   * agents write alone, so that nobody can make us write to strangers.
   */
  readonly unconfirmed_watchers?: readonly string[]
  /** The submitter has asked for no more letters about it, and has not written since; false if absent. */
  readonly submitter_stopped?: boolean
  /** The ticket that this one is a duplicate of. */
  readonly duplicate_of?: number
  /** When it last rose, or its owner was last reminded of it: such a step starts the count of days again. */
  readonly last_escalation?: Instant
  /** How many reminders there were of a ticket of priority 1 since the last progress. */
  readonly reminders?: number
  /** What ends the hold by itself, while it is on hold: a day as `YYYY-MM-DD`, or the submitter's answer as `answer`. */
  readonly hold_until?: string
  /** On which day of its queue there was last a reminder of a due date, and of which one, both as `YYYY-MM-DD`. */
  readonly due_reminded_on?: string
  readonly due_reminded_of?: string
  /** The language of its letters to submitter and watchers, if its mail told one: a locale of ours. */
  readonly locale?: string
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
  /** The letter that it tells of: one that did not arrive, or that its reader reported as spam. */
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
