import type { Exclusion, Queue } from '../../data/tables.ts'
import { calendarOf } from '../escalation/calendar.ts'
import { type Hours, zoneOf } from '../escalation/hours.ts'
import { type CountedTime, countedTime } from './counted_time.ts'
import { firstDayOf, type Month, monthsLater } from './month.ts'

/** The time that a report covers in one queue, in milliseconds since 1970. */
export interface Span {
  readonly from: number
  /** The end of the month, or now; it does not belong to the span. */
  readonly to: number
  readonly isOver: boolean
  readonly counted: CountedTime
}

/** The part of a month that is past, in the time zone of a queue and by its calendar. `now` is in milliseconds since 1970. */
export function spanOf(
  queue: Queue,
  month: Month,
  exclusions: readonly Exclusion[],
  hours: Hours,
  now: number,
): Span {
  const zone = zoneOf(queue, hours)
  const [first, next] = [firstDayOf(month), firstDayOf(monthsLater(month, 1))]
  const [from, end] = [zone.startOf(first), zone.startOf(next)]
  return {
    from,
    to: Math.max(from, Math.min(now, end)),
    isOver: now >= end,
    counted: countedTime(calendarOf(exclusions, queue.id), zone, first, next),
  }
}
