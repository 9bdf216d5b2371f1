/** The first line of the facts about a ticket in a letter, as mail programs quote it. */
const CARD = /^[>| \t\u00a0]*Ticket:[ \t\u00a0]+\[[a-z][a-z0-9_-]{0,99}-[1-9][0-9]{0,15}\]/im

/** Whether a text has a quote of a letter to staff, which names watchers and what else staff alone may know. */
export function hasCard(text: string): boolean {
  return CARD.test(text)
}
