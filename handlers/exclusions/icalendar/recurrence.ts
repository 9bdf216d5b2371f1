// One thing: the rules of recurrence (RFC 5545, 3.3.10) that exclusions can express.
import { Failure } from '../../../data/failure.ts'
import { type Day, dateOf, dayOf, weekdayOf } from '../../escalation/day.ts'

const WEEK = 7
const DAYS = ['SU', 'MO', 'TU', 'WE', 'TH', 'FR', 'SA']
const NUMBER = /^[1-9]\d{0,4}$/
const UNTIL = /^(\d{4})(\d\d)(\d\d)(?:T\d{6}Z?)?$/
const LARGEST_INTERVAL = 60
/** How many days the events of one file may name together. */
export const MOST_DAYS = 2000

/** When an event takes place: every year, every week on some days, or on the days given as first days. */
export type Occurrences =
  | { readonly every: 'year' }
  | { readonly weekdays: readonly number[] }
  | { readonly starts: readonly Day[] }

type Parts = ReadonlyMap<string, string>

/** When an event takes place; undefined for a rule that exclusions cannot express. Throws Failure `too_large` for more than 2000 days. */
export function occurrencesOf(rule: string, start: Day): Occurrences | undefined {
  const parts: Parts = new Map(
    rule.split(';').map(part => part.trim().toUpperCase().split('=', 2) as [string, string]),
  )
  const interval = numberIn(parts, 'INTERVAL') ?? 1
  const days = candidates(parts, start, interval)
  if (!days || Number.isNaN(interval) || interval > LARGEST_INTERVAL) return undefined
  const [count, until] = [numberIn(parts, 'COUNT'), untilIn(parts)]
  if (count !== undefined || until !== undefined) return bounded(days, count, until)
  if (interval !== 1) return undefined
  if (parts.get('FREQ') === 'YEARLY') return { every: 'year' }
  return parts.get('FREQ') === 'WEEKLY' ? { weekdays: weekdaysIn(parts, start)! } : undefined
}

/** Endless. Undefined for another frequency than years, weeks and days, and for parts that choose among the days otherwise. */
function candidates(parts: Parts, start: Day, interval: number): Generator<Day> | undefined {
  const has = (...names: readonly string[]) =>
    [...parts.keys()].every(name => ['FREQ', 'INTERVAL', 'COUNT', 'UNTIL', 'WKST', ...names].includes(name))
  switch (parts.get('FREQ')) {
    case 'YEARLY':
      return has('BYMONTH', 'BYMONTHDAY') && isItself(parts, start) ? years(start, interval) : undefined
    case 'WEEKLY': {
      const weekdays = has('BYDAY') ? weekdaysIn(parts, start) : undefined
      return weekdays && weeks(start, interval, weekdays, DAYS.indexOf(parts.get('WKST') ?? 'MO'))
    }
    case 'DAILY':
      return has() ? everyDay(start, interval) : undefined
    default:
      return undefined
  }
}

/** Whether the month and the day are those of the start, as Outlook writes them. */
function isItself(parts: Parts, start: Day): boolean {
  const [, month, day] = dateOf(start).split('-').map(Number)
  const [byMonth, byDay] = [parts.get('BYMONTH'), parts.get('BYMONTHDAY')]
  if (byMonth === undefined) return byDay === undefined
  return Number(byMonth) === month && (byDay === undefined || Number(byDay) === day)
}

/** Undefined for days with a number in front. */
function weekdaysIn(parts: Parts, start: Day): readonly number[] | undefined {
  const given = parts.get('BYDAY')
  if (given === undefined) return [weekdayOf(start)]
  const days = given.split(',').map(day => DAYS.indexOf(day))
  return days.includes(-1) ? undefined : [...new Set(days)]
}

function* years(start: Day, interval: number): Generator<Day> {
  const [year, ...monthDay] = dateOf(start).split('-')
  for (let next = Number(year); next <= 9999; next += interval) {
    // A year without a 29 February is left out.
    const day = dayOf([String(next).padStart(4, '0'), ...monthDay].join('-'))
    if (day !== undefined) yield day
  }
}

function* weeks(start: Day, interval: number, weekdays: readonly number[], first: number): Generator<Day> {
  const monday = start - ((weekdayOf(start) - Math.max(0, first) + WEEK) % WEEK)
  const offsets = weekdays.map(day => (day - Math.max(0, first) + WEEK) % WEEK).sort((a, b) => a - b)
  for (let week = monday; ; week += interval * WEEK)
    for (const offset of offsets) if (week + offset >= start) yield week + offset
}

function* everyDay(start: Day, interval: number): Generator<Day> {
  for (let day = start; ; day += interval) yield day
}

function bounded(
  days: Iterable<Day>,
  count = MOST_DAYS + 1,
  until = Number.POSITIVE_INFINITY,
): Occurrences | undefined {
  if (Number.isNaN(count) || Number.isNaN(until)) return undefined
  const starts: Day[] = []
  for (const day of days) {
    if (day > until || starts.length === count) break
    if (starts.length === MOST_DAYS) throw tooManyDays()
    starts.push(day)
  }
  return { starts }
}

/** The refusal of a calendar that names too many days. */
export function tooManyDays(): Failure {
  return new Failure('too_large', `This calendar names more than ${MOST_DAYS} days; import a part of it.`)
}

/** NaN for what is no number. */
function numberIn(parts: Parts, name: string): number | undefined {
  const given = parts.get(name)
  return given === undefined ? undefined : NUMBER.test(given) ? Number(given) : Number.NaN
}

function untilIn(parts: Parts): number | undefined {
  const given = parts.get('UNTIL')
  if (given === undefined) return undefined
  const [, year, month, day] = UNTIL.exec(given) ?? []
  return (year === undefined ? undefined : dayOf(`${year}-${month}-${day}`)) ?? Number.NaN
}
