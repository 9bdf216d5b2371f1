import { DAY } from '../../data/durations.ts'

/** A day of the calendar, in whatever zone: days since 1970-01-01. */
export type Day = number

const WEEK = 7
/** 1970-01-01 was a Thursday; 0 is Sunday. */
const FIRST_WEEKDAY = 4

/** The day of a date, `YYYY-MM-DD`; undefined if the calendar has no such date. */
export function dayOf(date: string): Day | undefined {
  const milliseconds = /^\d{4}-\d{2}-\d{2}$/.test(date) ? Date.parse(`${date}T00:00:00Z`) : Number.NaN
  const day = milliseconds / DAY
  return Number.isInteger(day) && dateOf(day) === date ? day : undefined
}

/** The date of a day, `YYYY-MM-DD`. */
export function dateOf(day: Day): string {
  return new Date(day * DAY).toISOString().slice(0, 10)
}

/** 0 is Sunday, 6 is Saturday. */
export function weekdayOf(day: Day): number {
  return (((day + FIRST_WEEKDAY) % WEEK) + WEEK) % WEEK
}
