import { DAY } from '../../data/durations.ts'
import { Failure } from '../../data/failure.ts'
import { MONTHS } from '../../data/months.ts'
import { type Day, dateOf } from '../escalation/day.ts'

const FIRST_YEAR = 1970
const LAST_YEAR = 9999

/** A month of the calendar, in whatever zone; 1 is January. */
export interface Month {
  readonly year: number
  readonly month: number
}
/** A month as a person names it: with its year, the newest with this name, or so many months before the present one. */
export type NamedMonth = Month | { readonly month: number } | { readonly ago: 0 | 1 }

/** Whether a month can be named with this year. */
export function isYear(year: number): boolean {
  return year >= FIRST_YEAR && year <= LAST_YEAR
}

/** The month that is meant on a day: never one in the future. Throws Failure `invalid`, which names the parameter `month`. */
export function monthMeant(named: NamedMonth, today: Day): Month {
  const present = monthOn(today)
  if ('ago' in named) return monthsLater(present, -named.ago)
  if (!('year' in named))
    return { year: present.year - (named.month > present.month ? 1 : 0), month: named.month }
  if (firstDayOf(named) <= today) return named
  throw new Failure(
    'invalid',
    `month: ${monthText(named)} has not begun yet; give a month up to ${monthText(present)}.`,
    { parameter: 'month' },
  )
}

/** The month of a day. */
export function monthOn(day: Day): Month {
  const [year, month] = dateOf(day).split('-').map(Number)
  return { year: year!, month: month! }
}

export function monthsLater({ year, month }: Month, months: number): Month {
  const count = year * 12 + month - 1 + months
  return { year: Math.floor(count / 12), month: (((count % 12) + 12) % 12) + 1 }
}

/** Its last day is the one before the first of the next month. */
export function firstDayOf({ year, month }: Month): Day {
  return Math.round(Date.UTC(year, month - 1) / DAY)
}

/** "November 2026". */
export function monthText({ year, month }: Month): string {
  return `${MONTHS[month - 1]} ${year}`
}
