import type { Exclusion, Queue } from '../../../data/tables.ts'
import { inQueues } from '../../ignore_list.ts'
import { COUNT, ID, listOf, objectOf, TEXT } from '../../result_schema.ts'
import { knownText } from '../added_text.ts'
import { dayWords } from '../excluded_day.ts'
import { type LeftOut, leftOutWords } from './event_days.ts'

/** How many exclusions, and how many events of each kind that is left out, the answer names. */
const MOST_SHOWN = 30
const MOST_TITLES = 5

/** What an import has done. */
export interface Imported {
  readonly added: readonly Exclusion[]
  /** How many days were excluded before. */
  readonly known: number
  /** How many days are long past or far ahead. */
  readonly far: number
  /** The titles of the events that were left out, by reason. */
  readonly leftOut: ReadonlyMap<LeftOut, readonly string[]>
  readonly warning: string
}

export const IMPORTED = objectOf({
  exclusions: listOf(ID),
  known: COUNT,
  far: COUNT,
  left_out: listOf(
    objectOf({ why: { enum: Object.keys(leftOutWords) }, events: COUNT, titles: listOf(TEXT) }),
  ),
})

/** The result for programs. */
export function importedFacts({ added, known, far, leftOut }: Imported): object {
  return {
    exclusions: added.map(({ id }) => id),
    known,
    far,
    left_out: [...leftOut].map(([why, titles]) => {
      return { why, events: titles.length, titles: shownOf(titles) }
    }),
  }
}

/** The answer for people. */
export function importedText(
  { added, known, far, leftOut, warning }: Imported,
  queues: readonly Queue[],
): string {
  const lines = added
    .slice(0, MOST_SHOWN)
    .map(one => `${one.id} ${dayWords(one)}${one.name && `: ${one.name}`}`)
  const more = added.length - lines.length
  return [
    headOf(added.length, inQueues(queues)),
    ...lines,
    ...(more > 0 ? [`and ${more} more; list_exclusions shows them.`] : []),
    ...(known > 0 ? [knownText(known)] : []),
    ...(far > 0
      ? [
          `${far === 1 ? '1 day was' : `${far} days were`} left out, more than a year past or ten years ahead.`,
        ]
      : []),
    ...[...leftOut].map(([why, titles]) => leftOutText(why, titles)),
    ...(warning === '' ? [] : [warning.trim()]),
  ].join('\n')
}

function headOf(added: number, where: string): string {
  if (added === 0) return `No exclusion is added ${where}.`
  return `${added === 1 ? '1 exclusion is' : `${added} exclusions are`} added ${where}:`
}

/** The first few that are not empty. */
function shownOf(titles: readonly string[]): readonly string[] {
  return titles.filter(title => title !== '').slice(0, MOST_TITLES)
}

function leftOutText(why: LeftOut, titles: readonly string[]): string {
  const named = shownOf(titles)
  const more = titles.length - named.length
  const all = named.length === 0 ? '' : `: ${named.join(', ')}${more > 0 ? ` and ${more} more` : ''}`
  const [events, were] = titles.length === 1 ? ['event', 'was'] : ['events', 'were']
  return `${titles.length} ${events} ${leftOutWords[why]} ${were} left out${all}.`
}
