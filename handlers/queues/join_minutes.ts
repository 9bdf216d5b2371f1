import { DAY, MINUTE } from '../../data/durations.ts'
import { whole } from '../params/numbers_and_dates.ts'

const WEEK = 7 * DAY

/** The parameter of a queue; at most a week. */
export const joinMinutes = whole(
  'Mail of a machine joins its open ticket of the same sender and title, numbers and times aside, if that has changed in so many minutes; 0 for never.',
  0,
  WEEK / MINUTE,
)
