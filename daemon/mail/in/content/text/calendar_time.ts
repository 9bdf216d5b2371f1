import { DAY, MINUTE } from '../../../../../data/durations.ts'
import { MONTHS } from '../../../../../data/months.ts'

const DATE_TIME = /^(\d{4})(\d\d)(\d\d)(?:T(\d\d)(\d\d)(\d\d)?(Z?))?$/
const DURATION = /^\+?P(?:(\d{1,4})W)?(?:(\d{1,4})D)?(?:T(?:(\d{1,4})H)?(?:(\d{1,4})M)?(?:\d{1,4}S)?)?$/
const DAYS = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat']

/** A time as it is on the clock of its zone, kept as if that were UTC. */
interface ClockTime {
  readonly time: Date
  readonly isWholeDay: boolean
  readonly isUtc: boolean
}

/**
 * The time of an event, from the values of DTSTART, DTEND, DURATION and TZID (RFC 5545), on the clock of the zone that they name:
 * `Fri 4 December 2026, 10:00-11:00 (Europe/Berlin)`. Empty if the start cannot be read.
 */
export function calendarTime(
  start: string,
  end: string | undefined,
  duration: string | undefined,
  zone: string,
): string {
  const from = clockTime(start)
  if (from === undefined) return ''
  const to = clockTime(end ?? '')?.time ?? later(from.time, duration ?? '')
  // The end of whole days is the day after the last one.
  if (from.isWholeDay) return range(dateOf(from.time), to && dateOf(new Date(to.getTime() - DAY)), ' - ')
  const name = from.isUtc ? 'UTC' : zone
  const shownZone = name === '' ? '' : ` (${name})`
  const begin = `${dateOf(from.time)}, ${hourOf(from.time)}`
  if (to === undefined || to <= from.time) return begin + shownZone
  if (dateOf(to) === dateOf(from.time)) return `${begin}-${hourOf(to)}${shownZone}`
  return `${begin} - ${dateOf(to)}, ${hourOf(to)}${shownZone}`
}

function range(from: string, to: string | undefined, dash: string): string {
  return to === undefined || to === from ? from : from + dash + to
}

function clockTime(given: string): ClockTime | undefined {
  const found = DATE_TIME.exec(given.trim())
  if (found === null) return undefined
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0] = found
    .slice(1, 6)
    .map(part => Number(part ?? 0))
  const time = new Date(Date.UTC(year, month - 1, day, hour, minute))
  if (time.getUTCMonth() !== month - 1 || time.getUTCDate() !== day) return undefined
  return { time, isWholeDay: found[4] === undefined, isUtc: found[7] === 'Z' }
}

function later(from: Date, duration: string): Date | undefined {
  const found = DURATION.exec(duration.trim())
  if (found === null) return undefined
  const [weeks = 0, days = 0, hours = 0, minutes = 0] = found.slice(1, 5).map(part => Number(part ?? 0))
  return new Date(from.getTime() + (weeks * 7 + days) * DAY + (hours * 60 + minutes) * MINUTE)
}

function dateOf(time: Date): string {
  return `${DAYS[time.getUTCDay()]} ${time.getUTCDate()} ${MONTHS[time.getUTCMonth()]} ${time.getUTCFullYear()}`
}

function hourOf(time: Date): string {
  return time.toISOString().slice('2026-12-04T'.length, '2026-12-04T10:00'.length)
}
