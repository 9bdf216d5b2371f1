import type { Exclusion, Queue } from '../../data/tables.ts'
import { WEEKDAYS } from '../escalation/day_words.ts'
import { ID, listOf, objectOf, orNull, TEXT } from '../result_schema.ts'

/** The schema of an exclusion for programs: exactly one of weekday, yearly and date is given. */
export const EXCLUSION = objectOf({
  exclusion: ID,
  name: TEXT,
  queues: listOf(TEXT),
  weekday: { enum: [...WEEKDAYS.map(day => day.toLowerCase()), null] },
  yearly: orNull({ type: 'string', pattern: '^[0-9]{2}-[0-9]{2}$' }),
  date: orNull({ type: 'string', format: 'date' }),
})

/** An exclusion for programs; its queues are those of the given ones. */
export function exclusionFacts(
  { id, name, queues = [], weekday, yearly, date }: Exclusion,
  seen: ReadonlyMap<number, Queue>,
): object {
  return {
    exclusion: id,
    name,
    queues: queues.flatMap(queue => seen.get(queue)?.slug ?? []),
    weekday: weekday === undefined ? null : WEEKDAYS[weekday]!.toLowerCase(),
    yearly: yearly ?? null,
    date: date ?? null,
  }
}
