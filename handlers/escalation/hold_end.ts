import { Failure, shown } from '../../data/failure.ts'
import { dateOf } from './day.ts'
import { DAY_HELP, dayIn } from './day_words.ts'
import type { Rule } from './next_step.ts'

const HELP = `${DAY_HELP}, or answer to wait for the submitter`
/** The value of `hold_until` for a hold that the submitter's answer ends. */
export const ANSWER = 'answer'

/**
 * The end of a hold in words, as a ticket keeps it. `now` is in milliseconds since 1970. Throws Failure `invalid` for what is no day, and
 * for a day whose hour is past.
 */
export function endOfHold(words: string, { zone, at }: Pick<Rule, 'zone' | 'at'>, now: number): string {
  if (words.toLowerCase() === ANSWER) return ANSWER
  const day = dayIn(words, zone.dayAt(now), HELP)
  if (zone.momentOf(day, at) > now) return dateOf(day)
  throw new Failure(
    'invalid',
    `${shown(words)} is ${dateOf(day)}; the hold would end at ${at} on that day, which is past. Give a later day, or answer to wait for the submitter.`,
  )
}

/** What ends a hold, as the end of "on hold"; empty if nothing does. */
export function untilNote(hold_until: string | null): string {
  if (hold_until === null) return ''
  return ` until ${hold_until === ANSWER ? 'the submitter answers' : hold_until}`
}
