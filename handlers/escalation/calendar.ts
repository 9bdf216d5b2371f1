import type { Exclusion } from '../../data/tables.ts'
import { type Day, dateOf, weekdayOf } from './day.ts'

/** The days of a queue. */
export interface Calendar {
  /** Whether a day counts, as far as the exclusions say. */
  counts(day: Day): boolean
}

/** The days of the queue with this number: all but those that an exclusion for it, or for all queues, names. */
export function calendarOf(exclusions: readonly Exclusion[], queue: number): Calendar {
  const own = exclusions.filter(({ queues }) => !queues || queues.includes(queue))
  const dates = new Set(own.flatMap(one => one.date ?? []))
  const weekdays = new Set(own.map(({ weekday }) => weekday))
  const yearly = new Set(own.flatMap(one => one.yearly ?? []))
  const known = new Map<Day, boolean>()
  const judge = (day: Day) => {
    if (weekdays.has(weekdayOf(day))) return false
    if (dates.size === 0 && yearly.size === 0) return true
    const date = dateOf(day)
    return !dates.has(date) && !yearly.has(date.slice('YYYY-'.length))
  }
  return {
    counts: day => {
      const found = known.get(day) ?? judge(day)
      known.set(day, found)
      return found
    },
  }
}
