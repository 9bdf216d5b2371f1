import { Failure, shown } from '../../data/failure.ts'
import type { Queue } from '../../data/tables.ts'
import { about } from '../args.ts'
import { dateOf } from '../escalation/day.ts'
import { dayIn } from '../escalation/day_words.ts'
import { zoneOf } from '../escalation/hours.ts'
import { Zone } from '../escalation/zone.ts'
import type { Call } from '../method.ts'
import type { ExcludedDay } from './excluded_day.ts'

/** In days. */
const LONGEST_SPAN = 366

/** What a caller gives for the days: one of `date`, `weekday` and `yearly`, and `to` after `date`. */
export interface AskedDays {
  readonly date?: string | undefined
  readonly to?: string | undefined
  /** Those of every week. */
  readonly weekday?: readonly number[] | undefined
  readonly yearly?: string | undefined
  readonly queues?: readonly Queue[] | undefined
}

/**
 * The days that a caller asks for. Throws Failure `invalid` unless exactly one parameter says which, and for a span that is backwards or
 * over 366 days long.
 */
export async function daysAsked(asked: AskedDays, call: Pick<Call, 'now' | 'hours'>): Promise<ExcludedDay[]> {
  const { date, to, weekday, yearly } = asked
  const given = [date, weekday, yearly].filter(one => one !== undefined)
  if (given.length !== 1)
    throw new Failure(
      'invalid',
      `${given.length === 0 ? 'It is not said which days do not count' : 'Only one kind of day can be added at a time'}; give one of date, weekday and yearly.`,
      { parameter: 'date' },
    )
  if (to !== undefined && date === undefined)
    throw new Failure('invalid', 'to: it needs a date, the first day.', { parameter: 'to' })
  if (weekday !== undefined) return weekday.map(one => ({ weekday: one }))
  if (yearly !== undefined) return [{ yearly }]
  return spanAsked(date!, to, todayOf(asked, call))
}

async function spanAsked(date: string, to: string | undefined, today: number): Promise<ExcludedDay[]> {
  const first = await about('date', () => dayIn(date, today))
  const last = to === undefined ? first : await about('to', () => dayIn(to, first))
  if (last < first)
    throw new Failure('invalid', `to: ${shown(to!)} is before ${dateOf(first)}; give the last day.`, {
      parameter: 'to',
    })
  if (last - first >= LONGEST_SPAN)
    throw new Failure(
      'invalid',
      `to: from ${dateOf(first)} to ${dateOf(last)} are more than ${LONGEST_SPAN} days; give fewer.`,
      { parameter: 'to' },
    )
  return Array.from({ length: last - first + 1 }, (_, index) => ({ date: dateOf(first + index) }))
}

/** In the zone of the queue, if it is for one. */
export function todayOf(
  { queues = [] }: Pick<AskedDays, 'queues'>,
  { now, hours }: Pick<Call, 'now' | 'hours'>,
): number {
  const zone = queues.length === 1 ? zoneOf(queues[0]!, hours) : new Zone(hours.time_zone)
  return zone.dayAt(Date.parse(now))
}
