import { HOUR } from '../../data/durations.ts'
import type { Schema } from '../method.ts'
import { COUNT, objectOf } from '../result_schema.ts'
import type { Course } from './course.ts'
import { percentile } from './percentile.ts'

/** How many tickets got there, and after how many counted hours, with one decimal; null if none did. */
export interface Times {
  readonly count: number
  readonly median_hours: number | null
  readonly p90_hours: number | null
}
/** The figures of some tickets. */
export interface Figures {
  readonly opened: number
  readonly open_at_end: number
  readonly answered: Times
  readonly resolved: Times
}

const HOURS: Schema = { type: ['number', 'null'], minimum: 0 }
const TIMES = objectOf({ count: COUNT, median_hours: HOURS, p90_hours: HOURS })
export const FIGURES = { opened: COUNT, open_at_end: COUNT, answered: TIMES, resolved: TIMES }

export function figuresOf(courses: readonly Course[]): Figures {
  const resolved = timesOf(courses.map(course => course.resolved))
  return {
    opened: courses.length,
    open_at_end: courses.length - resolved.count,
    answered: timesOf(courses.map(course => course.answered)),
    resolved,
  }
}

function timesOf(given: readonly (number | null)[]): Times {
  const sorted = Float64Array.from(given.filter(time => time !== null)).sort()
  return {
    count: sorted.length,
    median_hours: hoursOf(percentile(sorted, 50)),
    p90_hours: hoursOf(percentile(sorted, 90)),
  }
}

function hoursOf(milliseconds: number | null): number | null {
  return milliseconds === null ? null : Math.round((milliseconds * 10) / HOUR) / 10
}
