import type { Reader } from '../../../data/store.ts'
import type { Letter } from '../../../data/tables.ts'
import { type About, aboutLetter } from './about.ts'
import type { LetterSite } from './letter.ts'
import type { Summed } from './letters/summary.ts'
import { namedTickets } from './notices/named_tickets.ts'

/** What a letter about the steps of several tickets names, without the tickets that no longer exist. */
export async function stepsOf(tx: Reader, site: LetterSite, letter: Letter): Promise<About[]> {
  const all: About[] = []
  for (const id of letter.followups ?? []) {
    const followup = await tx.get('followups', id)
    const about =
      followup &&
      (await aboutLetter(tx, site, { ...letter, ticket: followup.ticket, followup: id, followups: [] }))
    if (about) all.push(about)
  }
  return all
}

/** The tickets of a summary that still exist. */
export async function summedOf(tx: Reader, { followups = [] }: Letter): Promise<Summed[]> {
  const times = new Map<number, number>()
  for (const id of followups) {
    const ticket = (await tx.get('followups', id))?.ticket
    if (ticket !== undefined) times.set(ticket, 1 + (times.get(ticket) ?? 0))
  }
  const named = await namedTickets(tx, [...times.keys()])
  return named.map(one => ({ ...one, times: times.get(one.ticket.id)! }))
}
