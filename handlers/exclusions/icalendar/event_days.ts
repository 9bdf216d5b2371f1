// One thing: what one event of a calendar says about whole days, or why it says nothing that an exclusion can.
import { type Day, dateOf, dayOf } from '../../escalation/day.ts'
import type { ExcludedDay } from '../excluded_day.ts'
import type { CalendarEvent } from './calendar_event.ts'
import { MOST_DAYS, occurrencesOf, tooManyDays } from './recurrence.ts'

/** In days. */
const LONGEST = 366
const WEEK = 7
const DATE = /^(\d{4})(\d\d)(\d\d)(?:T(\d{6})(Z?))?$/
const DURATION = /^\+?P(?:(\d{1,3})W)?(?:(\d{1,4})D)?(?:T0{1,2}H(?:0{1,2}M)?(?:0{1,2}S)?)?$/

/** Why an event excludes no day, as the end of a sentence about several of them. */
export const leftOutWords = {
  timed: 'with a time of day',
  cancelled: 'marked as cancelled',
  changed: 'moving one day of another event',
  repeats: 'with a rule of repetition that no exclusion can have',
  long: 'of more than 366 days',
  unreadable: 'without readable days',
} as const
export type LeftOut = keyof typeof leftOutWords

/** The days of an event, or why it has none. Throws Failure `too_large` for more than 2000. */
export function daysOfEvent(event: CalendarEvent): readonly ExcludedDay[] | LeftOut {
  const { values, exceptions } = event
  if (values.get('STATUS')?.toUpperCase() === 'CANCELLED') return 'cancelled'
  const start = dateIn(values.get('DTSTART'))
  if (start === undefined) return 'unreadable'
  const long = lengthOf(event, start)
  if (typeof long === 'string') return long
  if (values.has('RECURRENCE-ID')) return 'changed'
  if (values.has('RDATE')) return 'repeats'
  const rule = values.get('RRULE')
  const found = rule === undefined ? { starts: [start.day] } : occurrencesOf(rule, start.day)
  if (!found) return 'repeats'
  if (!('starts' in found)) {
    // An exclusion of every week or year has no exceptions.
    if (exceptions.length > 0) return 'repeats'
    return 'weekdays' in found ? weekly(found.weekdays, long) : yearly(start.day, long)
  }
  const excepted = new Set(exceptions.flatMap(list => list.split(',')).map(one => dateIn(one.trim())?.day))
  const firsts = found.starts.filter(day => !excepted.has(day))
  if (firsts.length * long > MOST_DAYS) throw tooManyDays()
  return firsts.flatMap(first => daysFrom(first, long)).map(day => ({ date: dateOf(day) }))
}

interface DateIn {
  readonly day: Day
  /** The hour as written, `HHMMSS`; undefined for a date alone. */
  readonly hour: string | undefined
  readonly isUtc: boolean
}

function dateIn(value: string | undefined): DateIn | undefined {
  const [, year, month, date, hour, utc] = DATE.exec(value ?? '') ?? []
  const day = year === undefined ? undefined : dayOf(`${year}-${month}-${date}`)
  return day === undefined ? undefined : { day, hour, isUtc: utc === 'Z' }
}

/** How many days an event lasts; its end is the day after the last one. */
function lengthOf({ values, isAllDay }: CalendarEvent, start: DateIn): number | LeftOut {
  // Exchange writes whole days as hours from midnight to midnight.
  const isMidnight = ({ hour, isUtc }: DateIn) =>
    hour === undefined || (isAllDay && hour === '000000' && !isUtc)
  if (!isMidnight(start)) return 'timed'
  const [given, duration] = [values.get('DTEND'), values.get('DURATION')]
  const end = dateIn(given)
  if (given !== undefined && !end) return 'unreadable'
  if (end && !isMidnight(end)) return 'timed'
  const days = end ? end.day - start.day : duration === undefined ? 1 : daysIn(duration)
  if (days === undefined) return 'unreadable'
  return days > LONGEST ? 'long' : Math.max(1, days)
}

function daysIn(duration: string): number | undefined {
  const found = DURATION.exec(duration)
  return found ? Number(found[1] ?? 0) * WEEK + Number(found[2] ?? 0) : undefined
}

function daysFrom(first: Day, long: number): Day[] {
  return Array.from({ length: long }, (_, index) => first + index)
}

function weekly(weekdays: readonly number[], long: number): ExcludedDay[] {
  const days = weekdays.flatMap(first => daysFrom(first, Math.min(long, WEEK)).map(day => day % WEEK))
  return [...new Set(days)].map(weekday => ({ weekday }))
}

function yearly(first: Day, long: number): ExcludedDay[] {
  return daysFrom(first, long).map(day => ({ yearly: dateOf(day).slice('YYYY-'.length) }))
}
