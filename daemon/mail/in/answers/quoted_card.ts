import type { Received } from '../received/received.ts'

/** The first line of the facts about a ticket in a letter, as mail programs quote it. */
const CARD = /^[>| \t\u00a0]*Ticket:[ \t\u00a0]+\[[a-z][a-z0-9_-]{0,99}-[1-9][0-9]{0,15}\]/im

/**
 * Whether the text that an answer shows may have a quote of a letter to staff, which names watchers and what else staff alone may know.
 * The end of a text that is only known from its beginning may have one.
 */
export function mayQuoteCard({ newText, text }: Pick<Received, 'newText' | 'text'>): boolean {
  const { beginning, file } = newText ?? text
  return CARD.test(beginning) || (newText === undefined && file !== undefined)
}
