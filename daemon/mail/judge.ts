import { Failure } from '../../data/failure.ts'
import type { Queue, Ticket, User, verdicts } from '../../data/tables.ts'
import { LONGEST_COMMAND, namesTicket, nearMiss, parseCommand, type Said } from '../../handlers/command.ts'
import type { Gated } from './gate.ts'
import type { Recipient } from './recipient.ts'
import type { Thread } from './thread.ts'

/** All that is known of a mail when it is judged. */
export interface Facts {
  readonly recipients: readonly Recipient[]
  /** Where mail to the helpdesk's own address goes. */
  readonly defaultQueue: Queue | undefined
  readonly subject: string
  /** Why it was not written by a person, if something says so. */
  readonly automatic: string | undefined
  /** Why one of our letters did not arrive, if that is what it says. */
  readonly failure: string | undefined
  readonly gated: Gated
  /** Whom it is proven to be from. */
  readonly user: User | undefined
  readonly thread: Thread | undefined
}

type Verdict = (typeof verdicts)[number]
/** One verdict, why, and what is to be done. */
export interface Judgement {
  readonly verdict: Verdict
  readonly reasons: readonly string[]
  readonly act: Act
}
export type Act =
  | { readonly kind: 'command'; readonly said: Said; readonly user: User; readonly to: string }
  | { readonly kind: 'miss'; readonly failure: Failure; readonly user: User; readonly to: string }
  | { readonly kind: 'report'; readonly letter: number; readonly reason: string }
  | { readonly kind: 'followup'; readonly ticket: Ticket; readonly public: boolean }
  | { readonly kind: 'ticket'; readonly queues: readonly Queue[] }

/** What would act on a reader of a subject without being seen: no command has any (RFC 2047 words may hide them). */
const HIDDEN = /[\p{Cf}\u2028\u2029]|(?!\t)\p{Cc}/u

/** Names the one verdict. Throws Failure `unavailable` when the mail would open a ticket and no queue is there for it. */
export function judge(facts: Facts): Judgement {
  const { automatic, recipients, failure: reason, thread } = facts
  const returned = recipients.find(recipient => recipient.kind === 'return')
  if (returned && reason !== undefined)
    return { verdict: 'report', reasons: [reason], act: { kind: 'report', letter: returned.letter, reason } }
  if (automatic) return ordinary('automatic', facts, [automatic], { public: false })
  const { judgement, reasons } = commanded(facts)
  if (judgement) return judgement
  return ordinary(thread ? 'followup' : 'ticket', facts, reasons, { public: thread?.party === 'submitter' })
}

/** A follow-up where it has a thread, a ticket in each of its queues where it has none. */
function ordinary(verdict: Verdict, facts: Facts, reasons: string[], to: { public: boolean }): Judgement {
  const { thread } = facts
  if (thread) return { verdict, reasons, act: { kind: 'followup', ticket: thread.ticket, public: to.public } }
  return { verdict, reasons, act: { kind: 'ticket', queues: queuesOf(facts) } }
}

function queuesOf({ recipients, defaultQueue }: Facts): Queue[] {
  const queues = new Map<number, Queue>()
  for (const recipient of recipients) {
    const queue = recipient.kind === 'queue' ? recipient.queue : defaultQueue
    if (!queue)
      throw new Failure(
        'unavailable',
        'No queue takes this mail; whoever runs this helpdesk sets mail.queue.',
      )
    queues.set(queue.id, queue)
  }
  return [...queues.values()]
}

/** The command of a mail, or the miss, or why its command does not count. */
function commanded(facts: Facts): { judgement?: Judgement; reasons: string[] } {
  const { subject, gated, user, recipients } = facts
  const toHelpdesk = recipients.some(({ kind }) => kind === 'helpdesk')
  if (subject.length > LONGEST_COMMAND || HIDDEN.test(subject)) return { reasons: [] }
  const said = read(subject)
  const counts = said instanceof Failure ? toHelpdesk : said && (toHelpdesk || namesTicket(said))
  if (counts && 'refused' in gated) return { reasons: [`a command, but ${gated.refused}`] }
  if (counts && !user) return { reasons: ['a command without proof'] }
  if (!user || 'refused' in gated) return { reasons: [] }
  const to = gated.from
  if (counts && !(said instanceof Failure)) {
    return {
      judgement: { verdict: 'command', reasons: [], act: { kind: 'command', said: said!, user, to } },
      reasons: [],
    }
  }
  const failure = said instanceof Failure ? said : toHelpdesk ? nearMiss(subject) : undefined
  if (!failure) return { reasons: [] }
  return {
    judgement: { verdict: 'near_miss', reasons: [], act: { kind: 'miss', failure, user, to } },
    reasons: [],
  }
}

function read(subject: string): Said | Failure | undefined {
  try {
    return parseCommand(subject)
  } catch (error) {
    if (error instanceof Failure) return error
    throw error
  }
}
