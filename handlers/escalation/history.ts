import { DAY } from '../../data/durations.ts'
import type { Followup, Ticket } from '../../data/tables.ts'
import { isStaffAnswer } from '../tickets/staff_answer.ts'
import { type HeldTime, holdChangeOf, holdsBy } from './holds.ts'

/** What decides when a ticket rises. */
export interface History {
  /**
   * The last progress, in milliseconds since 1970. Infinite if all that is known of it is more than a day ahead: the clock was put back,
   * and the ticket would wait for it to come there again.
   */
  readonly progress: number
  /** Whether that was a step of the escalation: the ticket rose, or somebody was reminded of it. */
  readonly isStep: boolean
  /** The holds since then; older ones may be among them. */
  readonly holds: readonly HeldTime[]
}

/** Whether a follow-up is progress: the ticket is reopened, or an agent or the operator answers publicly. */
export function isProgress(followup: Followup, ticket: Ticket): boolean {
  return (
    isStaffAnswer(followup, ticket) ||
    followup.changes.some(({ field, to }) => field === 'status' && to === 2)
  )
}

/** What was read of a ticket. */
export interface Read {
  /** Newest first; those before the last progress are not needed. */
  readonly followups: readonly Followup[]
  /** When the ticket was opened; or the moment of the oldest of the follow-ups, if there are too many to read all. */
  readonly since: number
}

/** The history of a ticket. A moment that is ahead counts as now: a clock that was wrong has left it. */
export function historyOf(ticket: Ticket, { followups, since }: Read, now: number): History {
  const last = followups.find(followup => isProgress(followup, ticket))
  const step =
    ticket.last_escalation === undefined ? Number.NEGATIVE_INFINITY : Date.parse(ticket.last_escalation)
  const ahead = now + DAY
  // Since such a step, the days count again.
  const isCounted = Number.isFinite(step) && step <= ahead
  const others = [since, ...(last ? [Date.parse(last.date)] : [])]
  const other = Math.max(...others.filter(moment => moment <= ahead || !isCounted))
  const latest = Math.max(other, step)
  return {
    progress: latest > ahead ? Number.POSITIVE_INFINITY : Math.min(now, latest),
    isStep: step > other,
    holds: holdsOf(ticket, followups, ahead),
  }
}

/** If the ticket is not on hold, it is looked at as it was before a hold that lasts. */
function holdsOf({ on_hold }: Ticket, followups: readonly Followup[], ahead: number): HeldTime[] {
  const holds = holdsBy(
    followups.toReversed().flatMap(one => holdChangeOf(one) ?? []),
    ahead,
  )
  return on_hold ? holds : holds.filter(({ to }) => Number.isFinite(to))
}
