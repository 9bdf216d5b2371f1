import { LOOP_FIELD } from '../signed_ids.ts'
import { type Headers, valuesOf } from './headers.ts'

/** How many letters of helpdesks led to a mail, as it says; 0 where it says nothing. */
export function hopsIn(headers: Headers): number {
  return Math.max(0, ...valuesOf(headers, LOOP_FIELD).map(hopsOf))
}

/** One where there is no count behind the mark. */
function hopsOf(value: string): number {
  const [, count = '1'] = /^\S{1,100} ([0-9]{1,3})$/.exec(value) ?? []
  return Number(count)
}
