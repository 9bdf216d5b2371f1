import { dayOf } from '../../escalation/day.ts'
import type { ExcludedDay } from '../excluded_day.ts'

/** In days: a ticket may have waited so long already, and its next step may be so far ahead. */
const LONGEST_PAST = 366
const FARTHEST = 3660

/** Whether a day of a calendar may still decide when a ticket rises: it is at most a year past, and at most ten years ahead. */
export function isNear(day: ExcludedDay, today: number): boolean {
  if (!('date' in day)) return true
  const found = dayOf(day.date)
  return found !== undefined && found >= today - LONGEST_PAST && found <= today + FARTHEST
}
