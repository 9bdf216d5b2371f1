import { MONTHS } from '../../data/months.ts'
import type { Exclusion } from '../../data/tables.ts'
import { dayOf } from '../escalation/day.ts'
import { WEEKDAYS, weekdayText } from '../escalation/day_words.ts'

/** What an exclusion names: one day, one day of every year, or one day of every week. */
export type ExcludedDay =
  | { readonly date: string }
  | { readonly yearly: string }
  | { readonly weekday: number }

/** The same text for the same days. */
export function dayKey({ date, yearly, weekday }: Pick<Exclusion, 'date' | 'yearly' | 'weekday'>): string {
  return date ?? yearly ?? String(weekday)
}

/** The days as a sentence names them: `Thursday, 24 December 2026`, `24 December of every year`, `every Saturday`. */
export function dayWords({ date, yearly, weekday }: Pick<Exclusion, 'date' | 'yearly' | 'weekday'>): string {
  if (weekday !== undefined) return `every ${WEEKDAYS[weekday]}`
  if (yearly !== undefined) {
    const [month, day] = yearly.split('-').map(Number)
    return `${day} ${MONTHS[month! - 1]} of every year`
  }
  const day = dayOf(date!)!
  // With its year: nobody knows when the answer is read.
  return weekdayText(day, day + 1)
}
