import { Failure, shown } from '../../data/failure.ts'
import { dateOf } from './day.ts'
import { dayIn } from './day_words.ts'
import type { Rule } from './next_step.ts'

/** The value of `hold_until` for a hold that the submitter's answer ends. */
export const ANSWER = 'answer'

/**
 * The end of a hold in words, as a ticket keeps it. `now` is in milliseconds since 1970. Throws Failure `invalid` for what is no day, and
 * for a day whose hour is past.
 */
export function endOfHold(words: string, { zone, at }: Pick<Rule, 'zone' | 'at'>, now: number): string {
  if (words.toLowerCase() === ANSWER) return ANSWER
  const day = dayIn(words, zone.dayAt(now))
  if (zone.momentOf(day, at) > now) return dateOf(day)
  throw new Failure(
    'invalid',
    `${shown(words)} is ${dateOf(day)}, and the hour at which the hold would end there, ${at}, is past; give a later day, or write answer to wait for the submitter.`,
  )
}
