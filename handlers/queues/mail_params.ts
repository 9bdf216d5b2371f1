import { DAY, MINUTE } from '../../data/durations.ts'
import { flag } from '../params/flags.ts'
import { whole } from '../params/numbers_and_dates.ts'

const WEEK = 7 * DAY

/** The parameters of a queue that say what is done with the mail for it. */
export const mailParams = {
  join_minutes: whole(
    'Mail of a machine joins its open ticket of the same sender and title, numbers and times aside, if that has changed in so many minutes; 0 for never.',
    0,
    WEEK / MINUTE,
  ),
  importance: flag(
    'Whether mail of people with the mark important or unimportant opens tickets of priority 2 or 4; defaults to n.',
  ),
  forwards: flag(
    'Whether a mail that an agent forwards with proof opens a ticket of its original sender, as with the line /submitter; defaults to n.',
  ),
} as const
