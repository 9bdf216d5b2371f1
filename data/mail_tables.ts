// One thing: the records about mail: letters, received mails, commands that wait for a yes, and addresses that are ignored or fail.
import type { Notice } from './letters/notice.ts'
import type { Attachment, FileName, Instant } from './ticket_tables.ts'

/**
 * What a letter is about. `claimed`: an unproven mail named the user as its sender. `held_back`: letters were held back.
 * `summary`: several follow-ups at once, instead of too many letters. `letter_failed`: another letter did not arrive.
 * `failing`: letters to an address of staff do not arrive. `escalated`: the ticket rose; `reminder`: it cannot rise any more and still
 * waits; `hold_ended`: its hold ended by itself; `due`: the day by which it must be resolved comes or is past; `escalations`: several of
 * these in one run. `assigned`, `taken`, `changed`: the ticket is the reader's now, is so no longer, or something else about it has changed;
 * such a letter lists its follow-ups. `key_spent`: the key of a letter to a user is known to others. `unconfirmed`: an unproven mail has a command in the name
 * of the user, who is asked whether to carry it out, or told why it is not; `cancelled`: the answer was not yes. `digest`: the tickets that wait for
 * a user on this morning. `stopped`: the submitter gets no more letters about the ticket.
 */
export type Event =
  | 'opened'
  | 'followed_up'
  | 'resolved'
  | 'assigned'
  | 'taken'
  | 'changed'
  | 'reopened'
  | 'closed'
  | 'duplicate'
  | 'answered'
  | 'claimed'
  | 'held_back'
  | 'summary'
  | 'letter_failed'
  | 'failing'
  | 'escalated'
  | 'reminder'
  | 'hold_ended'
  | 'due'
  | 'escalations'
  | 'key_spent'
  | 'unconfirmed'
  | 'cancelled'
  | 'digest'
  | 'stopped'
/** A letter as data; its text is rendered at each attempt. */
export interface Letter {
  readonly id: number
  readonly event: Event
  readonly to: string
  readonly ticket: number | null
  readonly followup: number | null
  /** The follow-ups that a letter about several lists, and whether there were more; the changes of which another letter tells, too. */
  readonly followups?: readonly number[]
  readonly more?: boolean
  /** What a digest lists; no list is empty. */
  readonly digest?: readonly DigestList[]
  readonly answer: MailAnswer | null
  /** What a letter tells that the helpdesk writes of its own accord; its words are made at each attempt. */
  readonly notice?: Notice
  readonly state: 'waiting' | 'sent' | 'failed'
  readonly created: Instant
  /** Waiting letters: the time of the next attempt. Others: the time of the last attempt. */
  readonly due: Instant
  readonly attempts: readonly Attempt[]
  /** When an administrator last had it tried again after it had failed. */
  readonly retried?: Instant
  /** It has failed without a refusal: no attempt went through in time, or an administrator gave it up. */
  readonly given_up?: true
  /** Others know its key, which therefore proves nothing any more, nor do those of its links. */
  readonly key_spent?: true
  /** Others know the key of one of its links; none of its links proves anything any more. */
  readonly links_spent?: true
  /** What mail systems have reported about it besides a failure; at most 5. */
  readonly reports?: readonly LetterReport[]
}
/**
 * One list of a digest: the own tickets that are `overdue`, those whose submitter `waiting` for an answer wrote last, those whose hold ends
 * that day (`waking`) or lasts long (`held`), the other ones (`mine`), and those of `nobody`.
 */
export interface DigestList {
  readonly list: 'overdue' | 'waiting' | 'waking' | 'held' | 'mine' | 'nobody'
  /** The most urgent ones; at most 20. */
  readonly tickets: readonly number[]
  /** How many others there are. */
  readonly more: number
}
export interface Attempt {
  readonly at: Instant
  readonly reply: string
}
export interface LetterReport {
  readonly at: Instant
  readonly outcome: 'delayed' | 'delivered' | 'read' | 'complaint'
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
  /** The commands that the mail itself suggests. */
  readonly next?: readonly NextCommand[]
}
/**
 * A command that an answer letter offers. `undo`: takes back what was done; `mend`: what was meant; `ticket`: makes a ticket of a mail that
 * was no command; `note`: makes a private follow-up of it.
 */
export interface NextCommand {
  readonly does: 'undo' | 'mend' | 'ticket' | 'note'
  readonly line: string
  /** The text of its mail. */
  readonly text?: string
  /** The mail has more than that: the rest of a long text, or files. */
  readonly in_part?: true
}

export type Verdict =
  | 'command'
  | 'status'
  | 'near_miss'
  | 'unconfirmed'
  | 'confirmed'
  | 'cancelled'
  | 'automatic'
  | 'report'
  | 'followup'
  | 'ticket'
  | 'stop'
  | 'choice'
  | 'ignored'
  | 'spam'
  | 'loop'
/**
 * How a mail was proven to be from its user: the login of its session, the key of a letter to that user, a token in its address, that it
 * says yes to a letter that asks, or the word of a relay.
 */
export type ProofName = 'smtp-auth' | 'letter' | 'token' | 'confirm' | 'relay'
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
  /** The user that its session logged in as, and the token that it used instead of a password, or that its address had. */
  readonly login?: number
  readonly token?: number
  /** If its From is the address of a user, whether that user wrote it. */
  readonly proven?: boolean
  /** What proved that. */
  readonly proof?: ProofName
  /** The rule of the header gate that a mail of such a session breaks. */
  readonly gate?: string
  /** The mail of which this one is the repeat by an operator; that one has the number of this one. */
  readonly replay_of?: number
  readonly replayed_as?: number
}

/** A command that waits for the yes of its user, or was answered. */
export interface Confirmation {
  readonly id: number
  readonly user: number
  /** Empty as soon as it was answered. */
  readonly commands: readonly AskedCommand[]
  /** The tickets that they are about. */
  readonly tickets: readonly number[]
  /** The mail that had the commands, and the letter that asks. */
  readonly mail: number
  readonly letter: number
  readonly created: Instant
  /** From then on, a yes does nothing. */
  readonly expires: Instant
  /** `doubted`: it was carried out, and a later answer is not yes. `displaced`: another command of its user waits in its place. */
  readonly state: 'open' | 'confirmed' | 'cancelled' | 'doubted' | 'displaced'
}
/** A command as text; it never has a secret. */
export interface AskedCommand {
  readonly method: string
  readonly params: Readonly<Record<string, string>>
  /** Of one among several, such as `Line 3`. */
  readonly label?: string
  /** What the letter says of it, if that may be something else on another day. */
  readonly promise?: string
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

/** An address at which letters failed for good since the last mail from it. */
export interface FailingAddress {
  readonly id: number
  /** As `mailbox` gives it; no other record has it. */
  readonly address: string
  /** How many letters failed, whatever became of others in between. */
  readonly count: number
  /** The last reply of a server, or the words of the complaint; at most 300 bytes. */
  readonly reply: string
  /** Its reader reported a letter as spam. */
  readonly complained?: true
  /** The time of the last failure. */
  readonly last: Instant
  /** Since when no letters are written to it. Without it they are, and the record is forgotten some time after the last failure. */
  readonly since?: Instant
}
