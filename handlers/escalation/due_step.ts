import type { Ticket } from '../../data/tables.ts'
import { type Day, dayOf } from './day.ts'
import type { Rule } from './next_step.ts'

/** A reminder of a due date: on which local day, and from which moment on (milliseconds since 1970). */
export interface DueStep {
  readonly day: Day
  readonly from: number
}
type Due = Pick<
  Ticket,
  'status' | 'on_hold' | 'hold_until' | 'due_date' | 'due_reminded_on' | 'due_reminded_of'
>

/**
 * The next reminder that a ticket is due: at the queue's hour of the day before, and of the day itself or the first one after it that is
 * not on hold, whatever days count for escalations. Undefined if there is none. `now` is in milliseconds since 1970; a reminder whose
 * moment is past is written by the next run.
 */
export function dueStep(
  ticket: Due,
  { zone, at }: Pick<Rule, 'zone' | 'at'>,
  now: number,
): DueStep | undefined {
  const { status, on_hold, hold_until, due_date, due_reminded_of } = ticket
  const due = due_date === null ? undefined : dayOf(due_date)
  const wakes = on_hold ? dayOf(hold_until ?? '') : Number.NEGATIVE_INFINITY
  if (due === undefined || wakes === undefined || status > 2) return undefined
  const today = zone.dayAt(now)
  const last = lastReminder(ticket, today)
  if (due_reminded_of === due_date && last >= due) return undefined
  const earliest = Math.max(wakes, last + 1)
  // Once that day is over, "tomorrow" is wrong; the reminder of the next day says it all.
  const day = due - 1 >= Math.max(earliest, today) ? due - 1 : Math.max(due, earliest)
  return { day, from: zone.momentOf(day, at) }
}

/** The day of the last reminder of any due date. One far ahead, which a clock that was wrong has left, does not count. */
function lastReminder({ due_reminded_on }: Due, today: Day): Day {
  const day = dayOf(due_reminded_on ?? '')
  return day === undefined || day > today + 1 ? Number.NEGATIVE_INFINITY : day
}
