import type { Exclusion, Queue } from '../../data/tables.ts'
import { dateOf } from '../escalation/day.ts'
import type { Call } from '../method.ts'
import { todayOf } from './asked_days.ts'
import { queuesSeen } from './queues_seen.ts'

/** Exclusions for a list, the number of the single days on the other side of today, and the queues that the actor sees. */
export interface SeenExclusions {
  readonly listed: readonly Exclusion[]
  readonly others: number
  readonly queues: ReadonlyMap<number, Queue>
}

/**
 * The exclusions that hold in a queue, or in any that the actor sees. Those ahead come in the order every week, every year, single days
 * from today on; those that are past, last one first.
 */
export async function exclusionsSeen(
  call: Pick<Call, 'tx' | 'actor' | 'now' | 'hours'>,
  queue: Queue | undefined,
  side: 'ahead' | 'past',
): Promise<SeenExclusions> {
  const seen = await queuesSeen(call)
  const isSeen = (id: number) => (queue ? queue.id === id : seen.has(id))
  const all = (await call.tx.find('exclusions', {})).filter(({ queues }) => !queues || queues.some(isSeen))
  const today = dateOf(todayOf({ queues: queue ? [queue] : [] }, call))
  const past = all.filter(({ date }) => date !== undefined && date < today)
  const ahead = all.filter(({ date }) => date === undefined || date >= today)
  const listed =
    side === 'past'
      ? past.sort((a, b) => compare(b.date!, a.date!) || a.id - b.id)
      : ahead.sort((a, b) => compare(place(a), place(b)) || a.id - b.id)
  return { listed, others: side === 'past' ? 0 : past.length, queues: seen }
}

/** Monday first, as weeks have it. */
function place({ weekday, yearly, date }: Exclusion): string {
  if (weekday !== undefined) return `1 ${(weekday + 6) % 7}`
  return yearly === undefined ? `3 ${date}` : `2 ${yearly}`
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}
