import type { Priority } from '../../../../data/tables.ts'
import { firstOf, type Headers } from '../headers.ts'

/** The priority that a sender asks for, and the field that says so. */
export interface Importance {
  readonly priority: Priority
  readonly field: string
}

const HIGH: Priority = 2
const NORMAL: Priority = 3
const LOW: Priority = 4
/** In characters; the rest of a value is ignored. */
const LONGEST_WORD = 20
/**
 * The fields and their words, in lower case: Importance and Priority of RFC 2156 5.3.4 and 5.3.6, and X-Priority, whose number counts, since
 * each program writes other words behind it.
 */
const FIELDS: readonly (readonly [string, ReadonlyMap<string, Priority>])[] = [
  ['Importance', words('high', 'normal', 'low')],
  ['X-Priority', words('1 2', '3', '4 5')],
  ['Priority', words('urgent', 'normal', 'non-urgent')],
]

/** The priority that the first of these fields with a known word asks for; undefined if there is none, or if it is the normal one. */
export function importanceOf(headers: Headers): Importance | undefined {
  for (const [field, meanings] of FIELDS) {
    const value = (firstOf(headers, field.toLowerCase()) ?? '').slice(0, LONGEST_WORD).toLowerCase()
    const [word = ''] = value.split(/[ \t(;]/, 1)
    const priority = meanings.get(word)
    if (priority !== undefined)
      return priority === NORMAL ? undefined : { priority, field: `${field}: ${word}` }
  }
  return undefined
}

function words(high: string, normal: string, low: string): ReadonlyMap<string, Priority> {
  const all = (text: string, priority: Priority) => text.split(' ').map(word => [word, priority] as const)
  return new Map([...all(high, HIGH), ...all(normal, NORMAL), ...all(low, LOW)])
}
