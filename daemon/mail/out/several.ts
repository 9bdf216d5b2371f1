import type { Reader } from '../../../data/store.ts'
import type { Letter } from '../../../data/tables.ts'
import { type About, aboutLetter } from './about.ts'
import type { LetterSite } from './letter.ts'
import type { Summed } from './letters/summary.ts'

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
  const summed = new Map<number, Summed>()
  for (const id of followups) {
    const followup = await tx.get('followups', id)
    const ticket = followup && (await tx.get('tickets', followup.ticket))
    const queue = ticket && (await tx.get('queues', ticket.queue))
    if (ticket && queue)
      summed.set(ticket.id, { ticket, queue, times: 1 + (summed.get(ticket.id)?.times ?? 0) })
  }
  return [...summed.values()]
}
