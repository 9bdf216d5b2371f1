import { beginningOf } from '../../data/beginning.ts'
import type { Attempt, Letter } from '../../data/tables.ts'

/** For one letter. The first half shows when the failures started, the last half why; the retry delay no longer grows by then. */
const MOST_ATTEMPTS = 20
/** In bytes, of the receiving server's reply. */
const LONGEST_REPLY = 1000

/** The attempts of a letter as they are kept, with a new one. */
export function withAttempt(attempts: readonly Attempt[], { at, reply }: Attempt): readonly Attempt[] {
  return firstAndLast([...attempts, { at, reply: beginningOf(reply, LONGEST_REPLY) }])
}

/** The attempts that are kept: the first and the last ones. */
export function firstAndLast(attempts: readonly Attempt[]): readonly Attempt[] {
  if (attempts.length <= MOST_ATTEMPTS) return attempts
  return [...attempts.slice(0, MOST_ATTEMPTS / 2), ...attempts.slice(-MOST_ATTEMPTS / 2)]
}

/** How many attempts count for the wait until the next one: those since a person had the letter tried again. */
export function attemptsNow({ attempts, retried = '' }: Pick<Letter, 'attempts' | 'retried'>): number {
  return attempts.filter(({ at }) => at >= retried).length
}
