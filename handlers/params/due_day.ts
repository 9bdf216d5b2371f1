import type { Kind } from '../method.ts'
import { line } from './texts.ts'
import { DAY_WORDS } from './until.ts'

const LONGEST = 100

/**
 * The words for a due date, or for none. `run` reads them with `dueDateIn`, since it depends on the queue of the ticket which day is
 * tomorrow.
 */
export function dueDay(about: string): Kind<string> {
  return {
    ...line(about, LONGEST),
    rule: 'a day, like 2026-12-24, tomorrow, friday or 24 dec, or the word none',
    words: false,
    ...DAY_WORDS,
  }
}
