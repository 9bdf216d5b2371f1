import { Failure } from '../../data/failure.ts'
import type { Tx } from '../../data/store.ts'
import type { Exclusion, Queue } from '../../data/tables.ts'
import { limitedTo } from '../visible.ts'
import { dayKey, type ExcludedDay } from './excluded_day.ts'

/** How many exclusions there may be: all are read for each forecast and each run. */
const MOST_EXCLUSIONS = 1000

/** A day to exclude, and what it is. */
export interface NamedDay {
  readonly day: ExcludedDay
  readonly name: string
}
/** What became of days to exclude. */
export interface Excluded {
  readonly added: readonly Exclusion[]
  /** The exclusions that were there for the other days. */
  readonly known: readonly Exclusion[]
}

/**
 * Excludes days in these queues, or in all if there are none, each once. A day that does not count there already is left as it is. Throws
 * Failure `invalid` if there would be too many exclusions.
 */
export async function excludeDays(
  tx: Tx,
  days: readonly NamedDay[],
  queues: readonly Queue[] | undefined,
): Promise<Excluded> {
  const limit = limitedTo(queues)
  const before = await tx.find('exclusions', {})
  const ofDay = new Map<string, Exclusion[]>()
  for (const one of before) ofDay.set(dayKey(one), [...(ofDay.get(dayKey(one)) ?? []), one])
  const known = new Set<Exclusion>()
  const fresh = new Map<string, NamedDay>()
  for (const one of days) {
    const key = dayKey(one.day)
    const same = ofDay.get(key)?.find(other => covers(other, limit.queues))
    if (same) known.add(same)
    else if (!fresh.has(key)) fresh.set(key, one)
  }
  const room = MOST_EXCLUSIONS - before.length
  if (fresh.size > room) throw tooMany(fresh.size, before.length)
  const added: Exclusion[] = []
  for (const { day, name } of fresh.values())
    added.push(await tx.add('exclusions', { name, ...limit, ...day }))
  return { added, known: [...known] }
}

/** Whether an exclusion holds in all these queues, or in all there are. */
function covers({ queues }: Exclusion, wanted: readonly number[] | undefined): boolean {
  return !queues || (wanted?.every(queue => queues.includes(queue)) ?? false)
}

function tooMany(wanted: number, there: number): Failure {
  const more = wanted === 1 ? 'it can have no more' : `${wanted} more do not fit`
  return new Failure(
    'invalid',
    `The list of exclusions has ${there} of at most ${MOST_EXCLUSIONS}, and ${more}; remove some with remove_exclusion.`,
  )
}
