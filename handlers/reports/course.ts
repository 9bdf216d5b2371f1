import type { Followup, Status, Ticket } from '../../data/tables.ts'
import { type HoldChange, holdChangeOf, holdsBy } from '../escalation/holds.ts'
import { isStaffAnswer } from '../tickets/staff_answer.ts'
import { type CountedTime, timeBetween } from './counted_time.ts'

/** What a follow-up means for a report. */
export interface Moment {
  /** In milliseconds since 1970. */
  readonly at: number
  /** It is an answer to the submitter. */
  readonly isAnswer: boolean
  /** What it changed, if it did. */
  readonly status?: Status
  readonly hold?: HoldChange
}
/** How far a ticket got by the end of a report. */
export interface Course {
  /** The counted time, in milliseconds, from its opening to the first answer; null without one. */
  readonly answered: number | null
  /** The same to its resolution; null while it is open or reopened. */
  readonly resolved: number | null
}

/**
 * What a follow-up of the ticket means. An answer is a public text or file of an agent or the operator who is not the submitter
 * (`submitters` are the users with that address); the one that opened the ticket is none, nor is anything that a machine wrote.
 */
export function momentOf(followup: Followup, ticket: Ticket, submitters: readonly number[]): Moment {
  const { author, changes, date } = followup
  const isOwn = author.kind === 'user' ? submitters.includes(author.user) : isAutomatic(followup)
  const status = changes.find(({ field }) => field === 'status')?.to as Status | undefined
  const hold = holdChangeOf(followup)
  return {
    at: Date.parse(date),
    isAnswer: isStaffAnswer(followup, ticket) && date !== ticket.created && !isOwn,
    ...(status === undefined ? {} : { status }),
    ...(hold ? { hold } : {}),
  }
}

function isAutomatic({ author }: Followup): boolean {
  return author.kind === 'submitter' && author.automatic
}

/** The course of a ticket from its opening (in milliseconds since 1970), by its moments in their order, which are all before the end. */
export function courseOf(opened: number, moments: readonly Moment[], counted: CountedTime): Course {
  const answer = moments.find(({ isAnswer }) => isAnswer)
  const resolution = resolutionIn(moments)
  const holds = holdsBy(moments.flatMap(({ hold }) => hold ?? []))
  return {
    answered: answer ? timeBetween(counted, opened, answer.at, holds) : null,
    resolved: resolution === undefined ? null : timeBetween(counted, opened, resolution, holds),
  }
}

/** When the work was last over, and has been since: resolved or closed. */
function resolutionIn(moments: readonly Moment[]): number | undefined {
  let over: number | undefined
  for (const { status, at } of moments) if (status !== undefined) over = status > 2 ? (over ?? at) : undefined
  return over
}
