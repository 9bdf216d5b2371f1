import type { Exclusion } from '../../data/tables.ts'
import { type Day, dateOf, dayOf, weekdayOf } from './day.ts'

/** The days of a queue. */
export interface Calendar {
  /** Whether a day counts, as far as the exclusions say. */
  counts(day: Day): boolean
}

/** The days of the queue with this number: all but those that an exclusion for it, or for all queues, names. */
export function calendarOf(exclusions: readonly Exclusion[], queue: number): Calendar {
  const own = exclusions.filter(({ queues }) => !queues || queues.includes(queue))
  const days = new Set(own.map(({ date }) => (date === undefined ? undefined : dayOf(date))))
  const weekdays = new Set(own.map(({ weekday }) => weekday))
  const yearly = new Set(own.flatMap(one => one.yearly ?? []))
  const known = new Map<Day, boolean>()
  const judge = (day: Day) =>
    !days.has(day) &&
    !weekdays.has(weekdayOf(day)) &&
    (yearly.size === 0 || !yearly.has(dateOf(day).slice('YYYY-'.length)))
  return {
    counts: day => {
      const found = known.get(day) ?? judge(day)
      known.set(day, found)
      return found
    },
  }
}
