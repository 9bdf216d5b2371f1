import { Failure, shown } from '../../data/failure.ts'
import { MONTHS } from '../../data/months.ts'
import { type Day, dateOf, dayOf, weekdayOf } from './day.ts'

const WEEK = 7
/** The names of the days of the week, Sunday first. */
export const WEEKDAYS = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday']
/** "24 dec", "24. December 2026", "dec 24" or "December 24, 2026". */
const DAY_FIRST = /^(\d{1,2})\.? ([a-z]{3,9})\.?,?(?: (\d{4}))?$/
const MONTH_FIRST = /^([a-z]{3,9})\.? (\d{1,2}),?(?: (\d{4}))?$/
/** In characters. */
const LONGEST = 40
export const DAY_HELP = 'give a day like 2026-12-24, tomorrow, friday or 24 dec'

/**
 * The day that a person means: a date, `today`, `tomorrow`, a weekday (the next one after today), or a day and a month (the next such
 * day from today on, unless a year follows), also behind its weekday. Throws Failure `invalid` with a sentence that does not name the
 * parameter and ends with `help`.
 */
export function dayIn(text: string, today: Day, help = DAY_HELP): Day {
  const words = text
    .trim()
    .toLowerCase()
    .replace(/[ \t]+/g, ' ')
  if (words === 'today') return today
  if (words === 'tomorrow') return today + 1
  const weekday = weekdayIn(words)
  if (weekday !== undefined) return today + ((weekday - weekdayOf(today) + WEEK - 1) % WEEK) + 1
  const behind = words.length <= LONGEST ? behindWeekday(words) : undefined
  if (behind) return dayOnWeekday(words, behind, today, help)
  const day = dayOf(words) ?? (words.length <= LONGEST ? dayOfMonth(words, today, help) : undefined)
  if (day !== undefined) return day
  throw new Failure('invalid', `${shown(text)} is not understood as a day; ${help}.`)
}

/** The day of the week that a word names, or the beginning of one: 0 is Sunday. Undefined for other words. */
export function weekdayIn(text: string): number | undefined {
  const word = text.trim().toLowerCase()
  if (word.length > LONGEST) return undefined
  const found = indexOf(WEEKDAYS, word)
  return found < 0 ? undefined : found
}

interface WeekdayAndRest {
  readonly weekday: number
  readonly rest: string
}

/** The weekday and what follows, as our own answers write a day: "friday, 6 november". Undefined for other words. */
function behindWeekday(words: string): WeekdayAndRest | undefined {
  const blank = words.indexOf(' ')
  if (blank < 0) return undefined
  const weekday = weekdayIn(words.slice(0, words[blank - 1] === ',' ? blank - 1 : blank))
  const rest = words.slice(blank + 1)
  return weekday === undefined ? undefined : { weekday, rest }
}

function dayOnWeekday(words: string, { weekday, rest }: WeekdayAndRest, today: Day, help: string): Day {
  const day = dayOf(rest) ?? dayOfMonth(rest, today, help)
  if (day === undefined) throw new Failure('invalid', `${shown(words)} is not understood as a day; ${help}.`)
  if (weekdayOf(day) === weekday) return day
  throw new Failure('invalid', `${shown(rest)} is a ${WEEKDAYS[weekdayOf(day)]} (${dateOf(day)}); ${help}.`)
}

/** Undefined for other words. Throws Failure `invalid` for a day that the calendar does not have. */
function dayOfMonth(words: string, today: Day, help: string): Day | undefined {
  const [, dayFirst, monthSecond, yearOne] = DAY_FIRST.exec(words) ?? []
  const [, monthFirst, daySecond, yearTwo] = MONTH_FIRST.exec(words) ?? []
  const month = indexOf(MONTHS, monthSecond ?? monthFirst ?? '') + 1
  if (month === 0) return undefined
  const inYear = (year: number) =>
    dayOf(`${year}-${twoDigits(month)}-${twoDigits(Number(dayFirst ?? daySecond))}`)
  const given = yearOne ?? yearTwo
  const year = given === undefined ? Number(dateOf(today).slice(0, 4)) : Number(given)
  const found = inYear(year)
  const day = given === undefined && (found === undefined || found < today) ? inYear(year + 1) : found
  if (day !== undefined) return day
  throw new Failure(
    'invalid',
    `${shown(words)} is no day of ${given === undefined ? 'this year or the next' : 'the calendar'}; ${help}.`,
  )
}

/** Of a name, or of its beginning with at least three letters; -1 if there is none. */
function indexOf(names: readonly string[], word: string): number {
  return word.length < 3 ? -1 : names.findIndex(name => name.toLowerCase().startsWith(word))
}

function twoDigits(number: number): string {
  return String(number).padStart(2, '0')
}

/** A day as a sentence names it: "3 December", with its year unless it is within the next 300 days. */
export function dayText(day: Day, today: Day): string {
  const [year, month, date] = dateOf(day).split('-').map(Number)
  const isNear = day >= today && day < today + 300
  return `${date} ${MONTHS[month! - 1]}${isNear ? '' : ` ${year}`}`
}

/** The same with the day of the week: "Thursday, 3 December". */
export function weekdayText(day: Day, today: Day): string {
  return `${WEEKDAYS[weekdayOf(day)]}, ${dayText(day, today)}`
}
