import type { Failure } from '../../../data/failure.ts'
import type { Confirmation, Letter, NotYes, Queue, Ticket, User, Verdict } from '../../../data/tables.ts'
import type { Said } from '../../../handlers/command/command.ts'
import type { SpentKey } from '../../../handlers/letters/spent_key.ts'
import type { ParsedSender } from '../../../handlers/value.ts'
import type { Choice } from '../choices.ts'
import type { ReturnedLetter } from '../signed_ids.ts'
import type { AgentsAnswer } from './answers/agents_answer.ts'
import type { AgentsForward } from './forwards/agents_forward.ts'
import type { MailKind } from './kind.ts'
import type { Importance } from './marks/importance.ts'
import type { ProvenBy } from './proofs/proof.ts'
import type { DeliveryReport } from './reports/delivery_report.ts'
import type { MailSubmitter } from './submitter.ts'
import type { Thread } from './thread.ts'

/** A verdict, its reasons, and the action to take. */
export interface Judgement {
  readonly verdict: Verdict
  /** Who wrote the mail. */
  readonly kind: MailKind
  readonly author: ParsedSender
  /** Whether the sender of a new ticket gets the acknowledgement. */
  readonly isAcknowledged: boolean
  /** Whether the mail is proven to be from the user in its From; undefined if From is not the address of a user. */
  readonly proven: boolean | undefined
  /** What proves it. */
  readonly proof: ProvenBy | undefined
  /** The keys of letters to users that it shows to be known to others. */
  readonly spentKeys: readonly SpentKey[]
  readonly reasons: readonly string[]
  /** The addresses in its To and Cc that may become watchers of its ticket. */
  readonly joining: readonly string[]
  readonly act: Act
}
/** What its facts decide about a mail. */
export type Decided = Pick<Judgement, 'verdict' | 'reasons' | 'act'>

/** What is around the commands of an answer: the ticket that it is about, and the text below them, which may be public. */
export interface AnswerAround {
  readonly ticket: Ticket
  readonly words: string
  readonly public: boolean
  /** The number of the letter; undefined for an agent who is the submitter. */
  readonly letter: number | undefined
  /** The submitter's address, if the agent has mailed the submitter, too. */
  readonly mailedTo?: string
}
/** What becomes of a mail. */
export type Act =
  | CommandAct
  | AskAct
  | ConfirmAct
  | CancelAct
  | StatusAct
  | ReportAct
  | FollowupAct
  | TicketAct
  | StopAct
  | ChoiceAct
  | NoAct

export interface CommandAct {
  readonly kind: 'command'
  /** A batch has several commands; a Failure if the mail was meant as a command but cannot be parsed. */
  readonly said: readonly Said[] | Failure
  /** The answer to a letter in which they stand. */
  readonly within?: AnswerAround
  readonly user: User
  readonly to: string
}
/** A user is asked whether to carry out the command of an unproven mail. */
export interface AskAct {
  readonly kind: 'ask'
  /** As in a CommandAct. */
  readonly said: readonly Said[] | Failure
  readonly user: User
  readonly from: string
}
/** The user says yes. */
export interface ConfirmAct {
  readonly kind: 'confirm'
  /** Undefined if what was asked no longer exists. */
  readonly confirmation: Confirmation | undefined
  readonly user: User
  readonly to: string
}
/** An answer to the letter that asks is no yes of its user. */
export interface CancelAct {
  readonly kind: 'cancel'
  readonly confirmation: Confirmation | undefined
  readonly letter: Letter
  /** Why it is no yes. */
  readonly why: NotYes
  /** Its first line. */
  readonly line: string
}
/** A submitter asks for the state of all tickets of the address in From. */
export interface StatusAct {
  readonly kind: 'status'
  readonly from: string
}
/** A report about a letter. */
export interface ReportAct {
  readonly kind: 'report'
  readonly letter: ReturnedLetter
  /** How the report is tied to it: only the return path counts as proof. */
  readonly by: 'return_path' | 'message_id'
  readonly report: DeliveryReport
}
export interface FollowupAct {
  readonly kind: 'followup'
  readonly ticket: Ticket
  readonly public: boolean
  /** The role of its sender, and how it is known that it belongs to the ticket. */
  readonly party: Thread['party']
  readonly by: Thread['by']
  /** What it is if a proven agent has written it. */
  readonly answer?: AgentsAnswer | undefined
  /** Its text, if a line about it stands above that. */
  readonly words?: string
}
export interface TicketAct {
  readonly kind: 'ticket'
  readonly queues: readonly Queue[]
  readonly submitter: MailSubmitter
  /** What a person asks for; only some of the queues heed it. */
  readonly importance: Importance | undefined
  /** The slugs whose tags do not belong into its title. */
  readonly slugs: ReadonlySet<string>
  /** What it is if an agent forwards it for somebody else. */
  readonly forward?: AgentsForward
}
/** A watcher leaves the ticket, or its submitter wants no more letters. */
export interface StopAct {
  readonly kind: 'stop'
  readonly ticket: Ticket
  /** Undefined if the watcher has left already. */
  readonly address: string | undefined
  /** Whether what it says is kept. */
  readonly isRead: boolean
}
/** A submitter says whether a resolution helps. */
export interface ChoiceAct {
  readonly kind: 'choice'
  readonly ticket: Ticket
  readonly choice: Choice
}
/** The mail is only recorded: a report about no letter of ours (`note`), or a mail of which nothing more becomes. */
export interface NoAct {
  readonly kind: 'note' | 'nothing'
}
