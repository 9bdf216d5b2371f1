import { beginningOf } from '../../data/beginning.ts'
import type { Attempt } from '../../data/tables.ts'

/** Of one letter: the first ones say since when it is not taken, the last ones why. How long to wait is settled long before. */
const MOST_ATTEMPTS = 20
/** Of what the other side said, in bytes. */
const LONGEST_REPLY = 1000

/** The attempts of a letter as they are kept, with one more. */
export function withAttempt(attempts: readonly Attempt[], { at, reply }: Attempt): readonly Attempt[] {
  return firstAndLast([...attempts, { at, reply: beginningOf(reply, LONGEST_REPLY) }])
}

/** As many as are kept. */
export function firstAndLast(attempts: readonly Attempt[]): readonly Attempt[] {
  if (attempts.length <= MOST_ATTEMPTS) return attempts
  return [...attempts.slice(0, MOST_ATTEMPTS / 2), ...attempts.slice(-MOST_ATTEMPTS / 2)]
}
