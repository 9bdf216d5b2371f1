import { Failure } from '../../../data/failure.ts'
import { HIDDEN } from '../../../data/invisible.ts'
import type { Queue, Ticket, User, Verdict } from '../../../data/tables.ts'
import { LONGEST_COMMAND, namesTicket, parseCommand, type Said } from '../../../handlers/command/command.ts'
import { nearMiss } from '../../../handlers/command/near_miss.ts'
import type { ReturnedLetter } from '../signed_ids.ts'
import { heededBy } from './ignored.ts'
import { CONSEQUENCES, type MailKind } from './kind.ts'
import type { MailFacts } from './mail_facts.ts'
import type { MailSubmitter } from './submitter.ts'
import type { Thread } from './thread.ts'

const SUPPRESSES = 'it asks for no automatic answers'

/** A verdict, its reasons, and the action to take. */
export interface Judgement {
  readonly verdict: Verdict
  /** Who wrote the mail. */
  readonly kind: MailKind
  /** Whether the sender of a new ticket gets the acknowledgement. */
  readonly isAcknowledged: boolean
  /** Whether the mail is proven to be from the user in its From; undefined if From is not the address of a user. */
  readonly proven: boolean | undefined
  readonly reasons: readonly string[]
  /** The addresses in its To and Cc that may become watchers of its ticket. */
  readonly joining: readonly string[]
  readonly act: Act
}
export type Act =
  /** `said` is a Failure if the subject looks like a command but cannot be parsed. */
  | {
      readonly kind: 'command'
      readonly said: Said | Failure
      readonly user: User
      readonly to: string
    }
  /** A submitter asks for the state of all tickets of the address in From. */
  | { readonly kind: 'status'; readonly from: string }
  /** Nothing: the mail is only recorded. `letter` is the one that it is about. */
  | { readonly kind: 'note'; readonly letter: ReturnedLetter | undefined }
  | { readonly kind: 'report'; readonly letter: ReturnedLetter; readonly reason: string }
  | {
      readonly kind: 'followup'
      readonly ticket: Ticket
      readonly public: boolean
      /** How it is known that it belongs to the ticket. */
      readonly by: Thread['by']
    }
  | {
      readonly kind: 'ticket'
      readonly queues: readonly Queue[]
      readonly submitter: MailSubmitter
      /** The slugs whose tags do not belong into its title. */
      readonly slugs: ReadonlySet<string>
    }
  /** A watcher leaves the ticket; undefined if that has happened already. */
  | { readonly kind: 'stop'; readonly ticket: Ticket; readonly watcher: string | undefined }
  | { readonly kind: 'ignored' }

/** Decides about a mail. Throws Failure `unavailable` if the mail would open a ticket and there are no queues. */
export function judge(facts: MailFacts): Judgement {
  const { kind, named, user, suppressesReplies } = facts
  const { reasons, ...decided } = stopOn(facts) ?? reportOn(facts) ?? verdictOn(facts)
  const proven = named && user !== undefined
  return {
    ...decided,
    kind: kind.kind,
    isAcknowledged: CONSEQUENCES[kind.kind].isAcknowledged && !suppressesReplies,
    proven,
    joining: decided.act.kind === 'ticket' || decided.act.kind === 'followup' ? facts.joining : [],
    reasons: [
      ...reasons,
      ...(suppressesReplies && decided.act.kind === 'ticket' ? [SUPPRESSES] : []),
      ...(proven === false ? [`not proven to be from ${named!.username}`] : []),
    ],
  }
}

type Decided = Pick<Judgement, 'verdict' | 'reasons' | 'act'>

/** Whoever writes it, whatever it says: nobody must be kept from leaving, and nothing is answered. */
function stopOn({ stopped, kind }: MailFacts): Decided | undefined {
  if (!stopped) return undefined
  const { ticket, watcher } = stopped
  const reasons = kind.reason === undefined ? [] : [kind.reason]
  const act = ticket
    ? ({ kind: 'stop', ticket, watcher } as const)
    : ({ kind: 'note', letter: undefined } as const)
  return { verdict: 'stop', reasons, act }
}

/** A report to the return path of a letter is about that letter; elsewhere, only a failure opens a ticket. */
function reportOn({ report, recipients }: MailFacts): Decided | undefined {
  if (!report) return undefined
  const letter = recipients.find(recipient => recipient.kind === 'return')?.letter
  const { outcome, reason } = report
  if (outcome !== 'failed')
    return { verdict: 'report', reasons: [`${outcome}: ${reason}`], act: { kind: 'note', letter } }
  return letter && { verdict: 'report', reasons: [reason], act: { kind: 'report', letter, reason } }
}

function verdictOn(facts: MailFacts): Decided {
  const { recipients, reasons } = heededBy(facts)
  if (recipients.length === 0) return { verdict: 'ignored', reasons, act: { kind: 'ignored' } }
  const decided = verdictFor({ ...facts, recipients })
  return { ...decided, reasons: [...decided.reasons, ...reasons] }
}

/** The verdict on a mail that its recipients do not ignore, and that reports nothing. */
function verdictFor(facts: MailFacts): Decided {
  const { kind, asksStatus, thread, user } = facts
  const { isPersons, isAcknowledged, commands } = CONSEQUENCES[kind.kind]
  const reasons = kind.reason === undefined ? [] : [kind.reason]
  if (isAcknowledged && asksStatus !== undefined)
    return { verdict: 'status', reasons, act: { kind: 'status', from: asksStatus } }
  const mayCommand = commands === 'any_proof' || (commands === 'smtp-auth' && user)
  const command = mayCommand ? commanded(facts) : { reasons: [] }
  const all = [...reasons, ...command.reasons]
  if ('act' in command) return { ...command, reasons: all }
  return ordinary(isPersons ? (thread ? 'followup' : 'ticket') : 'automatic', facts, all)
}

/**
 * A follow-up if the mail has a thread, else a ticket in each of its queues. Only what the submitter writes is public: what a watcher
 * writes is not meant for all the others.
 */
function ordinary(verdict: Verdict, facts: MailFacts, reasons: string[]): Decided {
  const { thread } = facts
  if (!thread)
    return {
      verdict,
      reasons,
      act: { kind: 'ticket', queues: queuesOf(facts), submitter: facts.submitter, slugs: facts.slugs },
    }
  const isPublic = verdict === 'followup' && thread.party === 'submitter'
  return {
    verdict,
    reasons,
    act: { kind: 'followup', ticket: thread.ticket, public: isPublic, by: thread.by },
  }
}

function queuesOf({ recipients, defaultQueue }: MailFacts): Queue[] {
  const queues = new Map<number, Queue>()
  for (const recipient of recipients) {
    const queue = recipient.kind === 'queue' ? recipient.queue : defaultQueue
    if (!queue)
      throw new Failure(
        'unavailable',
        'There is no queue for this mail yet; the operator of this helpdesk must add one with add_queue.',
      )
    queues.set(queue.id, queue)
  }
  return [...queues.values()]
}

/** The decision about a mail that is a command or a near miss; otherwise the reasons why a command in its subject does not count. */
function commanded(facts: MailFacts): Decided | { readonly reasons: string[] } {
  const { subject, isSubjectGuess, gated, user, recipients } = facts
  // Encoded words (RFC 2047) can contain invisible characters, which no command has.
  if (subject.length > LONGEST_COMMAND || HIDDEN.test(subject)) return { reasons: [] }
  const toHelpdesk = recipients.some(({ kind }) => kind === 'helpdesk')
  const said = read(subject)
  const counts = said instanceof Failure ? toHelpdesk : said && (toHelpdesk || namesTicket(said))
  if (isSubjectGuess)
    return { reasons: counts ? ['a command, but the charset of its subject is a guess'] : [] }
  if ('refused' in gated) return { reasons: counts ? [`a command, but ${gated.refused}`] : [] }
  if (!user) return { reasons: counts ? ['a command without proof'] : [] }
  const meant = counts ? said : toHelpdesk ? nearMiss(subject) : undefined
  if (!meant) return { reasons: [] }
  const verdict = meant instanceof Failure ? 'near_miss' : 'command'
  return { verdict, reasons: [], act: { kind: 'command', said: meant, user, to: gated.from } }
}

function read(subject: string): Said | Failure | undefined {
  try {
    return parseCommand(subject)
  } catch (error) {
    if (error instanceof Failure) return error
    throw error
  }
}
