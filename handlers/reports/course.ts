import type { Followup, Status, Ticket } from '../../data/tables.ts'
import { type HeldTime, isFromStaff } from '../escalation/history.ts'
import { type CountedTime, timeBetween } from './counted_time.ts'

/** What a follow-up means for a report. */
export interface Moment {
  /** In milliseconds since 1970. */
  readonly at: number
  /** It is an answer to the submitter. */
  readonly isAnswer: boolean
  /** What it changed, if it did. */
  readonly status?: Status
  readonly on_hold?: boolean
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
  const { author, changes, comment, attachments, date } = followup
  const isOwn = author.kind === 'user' ? submitters.includes(author.user) : isAutomatic(followup)
  const status = changes.find(({ field }) => field === 'status')?.to as Status | undefined
  const held = changes.find(({ field }) => field === 'on_hold')
  return {
    at: Date.parse(date),
    isAnswer:
      followup.public &&
      (comment !== '' || attachments.length > 0) &&
      date !== ticket.created &&
      !isOwn &&
      isFromStaff(author, ticket),
    ...(status === undefined ? {} : { status }),
    ...(held ? { on_hold: held.to === true } : {}),
  }
}

function isAutomatic({ author }: Followup): boolean {
  return author.kind === 'submitter' && author.automatic
}

/** The course of a ticket from its opening (in milliseconds since 1970), by its moments in their order, which are all before the end. */
export function courseOf(opened: number, moments: readonly Moment[], counted: CountedTime): Course {
  const answer = moments.find(({ isAnswer }) => isAnswer)
  const resolution = resolutionIn(moments)
  const holds = holdsOf(opened, moments)
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

function holdsOf(opened: number, moments: readonly Moment[]): HeldTime[] {
  const holds: HeldTime[] = []
  // A change to "not on hold" before any other ends a hold that began with the ticket.
  let from: number | undefined =
    moments.find(({ on_hold }) => on_hold !== undefined)?.on_hold === false ? opened : undefined
  for (const { on_hold, at } of moments) {
    if (on_hold === true) from ??= at
    if (on_hold !== false || from === undefined) continue
    // A clock that was put back in between makes the end earlier than the beginning.
    holds.push({ from: Math.min(from, at), to: Math.max(from, at) })
    from = undefined
  }
  return from === undefined ? holds : [...holds, { from, to: Number.POSITIVE_INFINITY }]
}
