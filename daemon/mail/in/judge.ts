// One thing: the verdict on a mail, and what it makes of each kind of mail.
import { Failure } from '../../../data/failure.ts'
import type { Confirmation, Letter, NotYes, Queue, Ticket, User, Verdict } from '../../../data/tables.ts'
import type { Said } from '../../../handlers/command/command.ts'
import { type SpentKey, spentWords } from '../../../handlers/letters/spent_key.ts'
import type { ParsedSender } from '../../../handlers/value.ts'
import type { Choice } from '../choices.ts'
import type { ReturnedLetter } from '../signed_ids.ts'
import type { AgentsAnswer } from './answers/agents_answer.ts'
import { byAddress, refusedChoice } from './answers/by_address.ts'
import { commanded } from './commands/commanded.ts'
import { confirmationOn } from './confirm/confirmation_on.ts'
import type { AgentsForward } from './forwards/agents_forward.ts'
import { heededBy } from './ignored.ts'
import { CONSEQUENCES, type MailKind } from './kind.ts'
import { type MailFacts, queuesOf } from './mail_facts.ts'
import type { Importance } from './marks/importance.ts'
import type { ProvenBy } from './proofs/proof.ts'
import type { DeliveryReport } from './reports/delivery_report.ts'
import type { MailSubmitter } from './submitter.ts'
import type { Thread } from './thread.ts'

const BY_MESSAGE_ID = 'it names one of our letters, but did not come to its return path'
const SUPPRESSES = 'it asks for no automatic answers'

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
export type Act =
  /** `said` is a Failure if the mail was meant as a command but cannot be parsed; a batch has several. */
  | {
      readonly kind: 'command'
      readonly said: readonly Said[] | Failure
      /** The answer to a letter in which it stands. */
      readonly within?: AnswerAround
      readonly user: User
      readonly to: string
    }
  /** A user is asked whether to carry out the command of an unproven mail; `said` is a Failure if it cannot be parsed. */
  | {
      readonly kind: 'ask'
      readonly said: readonly Said[] | Failure
      readonly user: User
      readonly from: string
    }
  /** The user says yes. `confirmation` is undefined if what was asked no longer exists. */
  | {
      readonly kind: 'confirm'
      readonly confirmation: Confirmation | undefined
      readonly user: User
      readonly to: string
    }
  /** An answer that is no yes of that user: why, and its first line. */
  | {
      readonly kind: 'cancel'
      readonly confirmation: Confirmation | undefined
      readonly letter: Letter
      readonly why: NotYes
      readonly line: string
    }
  /** A submitter asks for the state of all tickets of the address in From. */
  | { readonly kind: 'status'; readonly from: string }
  /** A report about no letter of ours, which is only recorded. */
  | { readonly kind: 'note' }
  /** A report about a letter. `by` says how the report is tied to it: only the return path counts as proof. */
  | {
      readonly kind: 'report'
      readonly letter: ReturnedLetter
      readonly by: 'return_path' | 'message_id'
      readonly report: DeliveryReport
    }
  | {
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
  | {
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
  /** A watcher leaves the ticket; undefined if that has happened already. */
  | {
      readonly kind: 'stop'
      readonly ticket: Ticket
      readonly watcher: string | undefined
      /** Whether what it says is kept. */
      readonly isRead: boolean
    }
  /** A submitter says whether a resolution helps. */
  | { readonly kind: 'choice'; readonly ticket: Ticket; readonly choice: Choice }
  /** Nothing: the mail is only recorded, whatever it is about. */
  | { readonly kind: 'nothing' }

/** Decides about a mail. Throws Failure `unavailable` if the mail would open a ticket and there are no queues. */
export function judge(facts: MailFacts): Judgement {
  const { kind, author, authorReason, named, refusals, spentKeys, suppressesReplies } = facts
  const { reasons, ...decided } =
    loopOn(facts) ?? byAddress(facts) ?? reportOn(facts) ?? confirmationOn(facts) ?? verdictOn(facts)
  const { act } = decided
  const proof = act.kind === 'confirm' ? ({ user: act.user, by: 'confirm' } as const) : facts.proof
  const proven = named && proof !== undefined
  return {
    ...decided,
    kind: kind.kind,
    author,
    isAcknowledged: isAcknowledged(decided.act, facts),
    proven,
    proof,
    spentKeys,
    joining: decided.act.kind === 'ticket' || decided.act.kind === 'followup' ? facts.joining : [],
    reasons: [
      ...reasons,
      ...refusedChoice(facts),
      ...(authorReason === undefined ? [] : [authorReason]),
      ...(suppressesReplies && decided.act.kind === 'ticket' ? [SUPPRESSES] : []),
      ...(proven === false ? [`not proven to be from ${named!.username}`, ...refusals] : []),
      ...spentKeys.map(spentWords),
    ],
  }
}

/** Who forwards a mail gets no acknowledgement; the original sender gets it as if that mail had come here. */
function isAcknowledged(act: Act, { kind, suppressesReplies }: MailFacts): boolean {
  if (act.kind === 'ticket' && act.forward?.original) return act.forward.original.untold === undefined
  return CONSEQUENCES[kind.kind].isAcknowledged && !suppressesReplies
}

export type Decided = Pick<Judgement, 'verdict' | 'reasons' | 'act'>

/** Whatever it says: one of our letters says nothing new, and helpdesks that answer each other must fall silent. */
function loopOn({ loop }: MailFacts): Decided | undefined {
  return loop === undefined ? undefined : { verdict: 'loop', reasons: [loop], act: { kind: 'nothing' } }
}

/**
 * A report is about the letter to whose return path it came, else about the one whose Message-ID it names. Of other reports, only a failure
 * opens a ticket.
 */
function reportOn({ report, reported, recipients }: MailFacts): Decided | undefined {
  if (!report) return undefined
  const returned = recipients.find(recipient => recipient.kind === 'return')?.letter
  const letter = returned ?? reported
  const { outcome, reason } = report
  const words = outcome === 'failed' ? reason : `${outcome}: ${reason}`
  if (!letter)
    return outcome === 'failed' ? undefined : { verdict: 'report', reasons: [words], act: { kind: 'note' } }
  const by = returned ? 'return_path' : 'message_id'
  return {
    verdict: 'report',
    reasons: [...(returned ? [] : [BY_MESSAGE_ID]), words],
    act: { kind: 'report', letter, by, report },
  }
}

function verdictOn(facts: MailFacts): Decided {
  const { recipients, reasons } = heededBy(facts)
  if (recipients.length === 0) return { verdict: 'ignored', reasons, act: { kind: 'nothing' } }
  const { spamMark } = facts
  if (spamMark !== undefined) return { verdict: 'spam', reasons: [spamMark], act: { kind: 'nothing' } }
  const decided = verdictFor({ ...facts, recipients })
  return { ...decided, reasons: [...decided.reasons, ...reasons] }
}

/** The verdict on a mail that its recipients do not ignore, and that reports nothing. */
function verdictFor(facts: MailFacts): Decided {
  const { kind, asksStatus, thread, proof } = facts
  const { isPersons, isAcknowledged, commands } = CONSEQUENCES[kind.kind]
  const reasons = kind.reason === undefined ? [] : [kind.reason]
  if (isAcknowledged && asksStatus !== undefined)
    return { verdict: 'status', reasons, act: { kind: 'status', from: asksStatus } }
  const mayCommand = commands === 'any_proof' || (proof !== undefined && commands.includes(proof.by))
  const command = mayCommand ? commanded(facts) : { reasons: [] }
  const all = [...reasons, ...command.reasons]
  if ('act' in command) return { ...command, reasons: all }
  return ordinary(isPersons ? (thread ? 'followup' : 'ticket') : 'automatic', facts, all)
}

/**
 * A follow-up if the mail has a thread, else a ticket in each of its queues. Public is what the submitter writes, and what a proven agent
 * answers to public words: what a watcher writes is not meant for all the others.
 */
function ordinary(verdict: Verdict, facts: MailFacts, reasons: string[]): Decided {
  const { thread, unfit } = facts
  if (!thread) return opening(verdict, facts, reasons)
  const { ticket, party, by } = thread
  const { answer, words } = verdict === 'followup' ? privateIfSaid(facts) : {}
  const isPublic = answer?.public ?? (verdict === 'followup' && party === 'submitter' && unfit === undefined)
  return {
    verdict,
    reasons: [
      ...reasons,
      ...whyOf(answer),
      ...(!answer && unfit !== undefined ? [`private, since ${unfit}`] : []),
    ],
    act: {
      kind: 'followup',
      public: isPublic,
      ticket,
      party,
      by,
      answer,
      ...(words === undefined ? {} : { words }),
    },
  }
}

/** An answer is private if a line at its top says so; then its text is what stands below. */
function privateIfSaid({ answer, slash }: MailFacts): { answer?: AgentsAnswer | undefined; words?: string } {
  if (!answer || !slash || slash instanceof Failure) return { answer }
  return { answer: { ...answer, public: false, since: undefined }, words: slash.rest }
}

function whyOf(answer: AgentsAnswer | undefined): string[] {
  if (answer?.public && answer.mailedTo !== undefined)
    return [`${answer.user.username} has mailed it to the submitter, too`]
  if (answer?.public) return [`an answer of ${answer.user.username} to public words`]
  return answer?.since === undefined ? [] : [`private, since ${answer.since}`]
}

/** A ticket in each of its queues. */
function opening(verdict: Verdict, facts: MailFacts, reasons: string[]): Decided {
  const { kind, slugs, forward } = facts
  const submitter = forward?.original
    ? { ...forward.original.submitter, by: 'forward' as const }
    : facts.submitter
  const queues = neededQueues(facts)
  const importance = kind.kind === 'person' ? facts.importance : undefined
  const isHeeded = queues.some(queue => queue.importance)
  const why =
    importance && isHeeded ? [`it has ${importance.field}, so its priority is ${importance.priority}`] : []
  return {
    verdict,
    reasons: [...reasons, ...forwardWords(forward), ...why],
    act: { kind: 'ticket', queues, submitter, importance, slugs, ...(forward ? { forward } : {}) },
  }
}

function forwardWords(forward: AgentsForward | undefined): string[] {
  if (!forward) return []
  const { user, original, since } = forward
  const words = original
    ? `so its ticket is that of ${original.submitter.address}`
    : `but its ticket is not the original sender's, since ${since}`
  return [`${user.username} forwards it, ${words}`]
}

function neededQueues({ recipients, defaultQueue }: MailFacts): readonly Queue[] {
  const queues = queuesOf(recipients, defaultQueue)
  if (queues.length > 0) return queues
  throw new Failure(
    'unavailable',
    'There is no queue for this mail yet; the operator of this helpdesk must add one with add_queue.',
  )
}
