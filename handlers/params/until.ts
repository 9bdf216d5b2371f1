import type { Kind } from '../method.ts'
import { line } from './texts.ts'

const LONGEST = 100
/**
 * A day in a command: up to ten words, so that any others are refused, and not taken for the title of a new ticket. A full stop or
 * exclamation mark at their end does not count.
 */
export const DAY_WORDS: Pick<Kind<string>, 'slot' | 'fromSlot'> = {
  slot: '[^ \\t:]+(?:[ \\t]+[^ \\t:]+){0,9}',
  fromSlot: words => (words.endsWith('.') || words.endsWith('!') ? words.slice(0, -1) : words),
}

/**
 * What ends a hold: `answer`, or the words for a day. `run` reads them with `endOfHold`, since it depends on the queue of the ticket which
 * day is tomorrow.
 */
export function until(about: string): Kind<string> {
  return {
    ...line(about, LONGEST),
    rule: 'a day, like 2026-12-24, tomorrow, friday or 24 dec, or the word answer',
    words: false,
    ...DAY_WORDS,
  }
}
