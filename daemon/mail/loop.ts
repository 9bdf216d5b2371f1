import { type Headers, valuesOf } from './headers.ts'

/** The field that all our letters carry, by which we know our own mail when it comes back: our mark, and how many letters it took to bring this one about. */
export const LOOP_FIELD = 'x-helpdesk-loop'

/** How many letters of helpdesks it took to bring a mail about, as it says; 0 where it does not. */
export function hopsIn(headers: Headers): number {
  return Math.max(0, ...valuesOf(headers, LOOP_FIELD).map(hopsOf))
}

/** One where no count stands behind the mark. */
function hopsOf(value: string): number {
  const [, count = '1'] = /^\S{1,100} ([0-9]{1,3})$/.exec(value) ?? []
  return Number(count)
}
