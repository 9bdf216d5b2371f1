import { HOUR, MINUTE, SECOND } from '../../../data/durations.ts'

/** How long an outbox waits, in milliseconds. */
export interface OutboxWaits {
  /** For the running attempts when it closes. */
  readonly closing: number
  /** Until it tries again to record a result. */
  readonly record: number
  /** After the first, second, … attempt of a letter; the last one repeats. */
  readonly retries: readonly number[]
  /** The pauses of all letters while the smarthost is down. They stay short, because a single letter is enough to test the smarthost. */
  readonly pauses: readonly number[]
  /** Between the first letters after that; less and less between later ones. */
  readonly recovery: number
}

export const OUTBOX_WAITS: OutboxWaits = {
  closing: 10 * SECOND,
  record: SECOND,
  retries: [MINUTE, 5 * MINUTE, 15 * MINUTE, HOUR, 4 * HOUR],
  pauses: [MINUTE, 5 * MINUTE, 15 * MINUTE],
  recovery: SECOND,
}

/** The wait after so many attempts. */
export function waitAfter(attempts: number, waits: readonly number[]): number {
  return waits[Math.min(attempts, waits.length - 1)]!
}
