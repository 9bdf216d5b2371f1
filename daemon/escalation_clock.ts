import { type Hours, hoursOf } from '../handlers/escalation/hours.ts'
import { Zones } from '../handlers/escalation/zones.ts'
import { type RunSite, runEscalations } from './escalation_run.ts'
import { type Clock, SYSTEM_CLOCK, startHourly } from './hourly.ts'
import type { Events } from './log/events.ts'

/**
 * Runs the escalations of all queues at once, since an hour may have passed while no daemon ran, and then those of each queue at its hour,
 * which may change.
 * Gives the function that stops this and waits for the current run.
 */
export function startEscalations(
  site: Omit<RunSite, 'failed'>,
  events: Events,
  clock: Clock = SYSTEM_CLOCK,
): () => Promise<void> {
  const failed = (ticket: number, error: unknown) => events.escalationFailed(error, { ticket })
  const zones = new Zones()
  let known: NextHours | undefined
  const doDue = async (now: number, ended: AbortSignal) => {
    const queues = await site.store.read(tx => tx.find('queues', {}))
    const due = queues.filter(({ id }) => isPast(known, id, now))
    if (due.length > 0) {
      const steps = await runEscalations({ ...site, failed }, due, clock.now, ended)
      if (steps > 0) events.escalated(steps)
    }
    // Also if the clock was put back.
    known = new Map(queues.map(queue => [queue.id, nextHour(hoursOf(queue, site.hours), zones, now)]))
    return Math.min(...known.values())
  }
  const { store } = site
  return startHourly(
    { store, table: 'queues', doDue, failed: error => events.escalationFailed(error) },
    clock,
  )
}

/** The next hour of each queue, by its number, as it was when the queues were last looked at. */
type NextHours = ReadonlyMap<number, number>

/** Whether an hour of a queue has passed. One that only a change has put into the past has not: the preview names the next one. */
function isPast(known: NextHours | undefined, queue: number, now: number): boolean {
  return known === undefined || (known.get(queue) ?? Number.POSITIVE_INFINITY) <= now
}

/** The first hour of a queue with these hours after a moment. */
function nextHour({ at, time_zone }: Hours, zones: Zones, now: number): number {
  const zone = zones.named(time_zone)
  const today = zone.dayAt(now)
  return [today, today + 1, today + 2].map(day => zone.momentOf(day, at)).find(hour => hour > now)!
}
