import { setTimeout as sleep } from 'node:timers/promises'
import { HOUR } from '../data/durations.ts'
import type { Store } from '../data/store.ts'

/** The time, in milliseconds since 1970, and the wait for a later one. */
export interface Clock {
  now(): number
  /** Resolves after so many milliseconds; rejects when the signal is aborted. */
  wait(milliseconds: number, ended: AbortSignal): Promise<unknown>
}
export const SYSTEM_CLOCK: Clock = {
  now: Date.now,
  wait: (milliseconds, signal) => sleep(milliseconds, undefined, { signal, ref: false }),
}

/** Work that is done at hours of the day, which records of a table have. */
export interface HourlyWork {
  readonly store: Pick<Store, 'watch'>
  /** A change of it may change the hours. */
  readonly table: 'queues' | 'users'
  /** Does what is due at a moment, until `ended`; gives the next moment at which something is, or Infinity. Both in milliseconds since 1970. */
  doDue(now: number, ended: AbortSignal): Promise<number>
  failed(error: unknown): void
}

/** Does the work at once, and then at each of its hours. Gives the function that stops this and waits for the work in progress. */
export function startHourly(work: HourlyWork, clock: Clock): () => Promise<void> {
  const end = new AbortController()
  const over = keepDoing(work, clock, end.signal)
  return async () => {
    end.abort()
    await over
  }
}

async function keepDoing(work: HourlyWork, clock: Clock, ended: AbortSignal): Promise<void> {
  let changed = new AbortController()
  const unwatch = work.store.watch(work.table, () => changed.abort())
  while (!ended.aborted) {
    changed = new AbortController()
    const now = clock.now()
    // At most an hour, since meanwhile the clock may change.
    let next = now + HOUR
    try {
      next = Math.min(next, await work.doDue(now, ended))
    } catch (error) {
      work.failed(error)
    }
    const woken = AbortSignal.any([ended, changed.signal])
    await clock.wait(Math.max(0, next - clock.now()), woken).catch(() => undefined)
  }
  unwatch()
}
