import type { Kind } from '../method.ts'
import { line } from './texts.ts'

const LONGEST = 100
/** A day in a command: up to ten words, so that any others are refused, and not taken for the title of a new ticket. */
export const DAY_SLOT = '[^ \\t:]+(?:[ \\t]+[^ \\t:]+){0,9}'

/**
 * What ends a hold: `answer`, or the words for a day. `run` reads them with `endOfHold`, since it depends on the queue of the ticket which
 * day is tomorrow. It ignores a full stop at their end.
 */
export function until(about: string): Kind<string> {
  return {
    ...line(about, LONGEST),
    rule: 'a day, like 2026-12-24, tomorrow, friday or 24 dec, or the word answer',
    words: false,
    slot: DAY_SLOT,
    fromSlot: words => (words.endsWith('.') || words.endsWith('!') ? words.slice(0, -1) : words),
  }
}
