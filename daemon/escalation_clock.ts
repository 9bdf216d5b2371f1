import { setTimeout as sleep } from 'node:timers/promises'
import { HOUR } from '../data/durations.ts'
import type { Queue } from '../data/tables.ts'
import { type Hours, hoursOf, zoneOf } from '../handlers/escalation/hours.ts'
import { type RunSite, runEscalations } from './escalation_run.ts'
import type { Events } from './log/events.ts'

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

/**
 * Runs the escalations of all queues at once, since an hour may have passed while no daemon ran, and then those of each queue at its hour.
 * Gives the function that stops this and waits for the current run.
 */
export function startEscalations(
  site: Omit<RunSite, 'failed'>,
  events: Events,
  clock: Clock = SYSTEM_CLOCK,
): () => Promise<void> {
  const end = new AbortController()
  const failed = (ticket: number, error: unknown) => events.escalationFailed(error, { ticket })
  const over = keepRunning({ ...site, failed }, events, clock, end.signal)
  return async () => {
    end.abort()
    await over
  }
}

async function keepRunning(site: RunSite, events: Events, clock: Clock, ended: AbortSignal): Promise<void> {
  let last = Number.NEGATIVE_INFINITY
  while (!ended.aborted) {
    const now = clock.now()
    let next = now + HOUR
    try {
      const queues = await site.store.read(tx => tx.find('queues', {}))
      const around = queues.map(queue => hoursAround(queue, site.hours, now))
      const due = queues.filter((_, index) => around[index]!.before > last)
      if (due.length > 0) {
        const steps = await runEscalations(site, due, clock.now, ended)
        if (steps > 0) events.escalated(steps)
      }
      // Also if the clock was put back.
      last = now
      next = Math.min(next, ...around.map(({ after }) => after))
    } catch (error) {
      events.escalationFailed(error)
    }
    // At most an hour, since meanwhile a queue or the clock may change.
    await clock.wait(Math.max(0, next - clock.now()), ended).catch(() => undefined)
  }
}

/** The last hour of a queue at or before a moment, and the first one after it. */
function hoursAround(
  queue: Queue,
  usual: Hours,
  now: number,
): { readonly before: number; readonly after: number } {
  const [zone, { at }] = [zoneOf(queue, usual), hoursOf(queue, usual)]
  const today = zone.dayAt(now)
  const hours = [today - 1, today, today + 1, today + 2].map(day => zone.momentOf(day, at))
  return { before: hours.findLast(hour => hour <= now)!, after: hours.find(hour => hour > now)! }
}
