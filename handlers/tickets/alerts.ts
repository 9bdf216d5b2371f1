import { spellingsOf } from '../../data/address.ts'
import { MINUTE } from '../../data/durations.ts'
import type { Queue, Ticket } from '../../data/tables.ts'
import type { Call } from '../method.ts'

/** How many of the newest tickets of a sender are looked at. */
const MOST_LOOKED_AT = 200
const LAST_OPEN_STATUS = 2
const NUMBER = /\p{Nd}+(?:[.,:/-]\p{Nd}+)*/gu

/** A mail of a machine that would open a ticket. */
interface Alert {
  readonly queue: Queue
  readonly title: string
  readonly submitter: string
}

/**
 * The newest open or reopened ticket of a queue by the same submitter with the same title, numbers and times in it aside, whose last
 * change is at most the `join_minutes` of the queue ago. Undefined if there is none.
 */
export async function ticketToJoin(
  { tx, now }: Pick<Call, 'tx' | 'now'>,
  { queue, title, submitter }: Alert,
): Promise<Ticket | undefined> {
  const { id, join_minutes = 0 } = queue
  if (join_minutes === 0) return undefined
  const since = new Date(Date.parse(now) - join_minutes * MINUTE).toISOString()
  const wanted = withoutNumbers(title)
  const found: Ticket[] = []
  for (const submitter_email of spellingsOf(submitter)) {
    const newest = await tx.find('tickets', { submitter_email }, { newest: true, limit: MOST_LOOKED_AT })
    found.push(
      ...newest.filter(
        ticket =>
          ticket.queue === id &&
          ticket.status <= LAST_OPEN_STATUS &&
          ticket.modified >= since &&
          withoutNumbers(ticket.title) === wanted,
      ),
    )
  }
  return found.sort((a, b) => b.id - a.id)[0]
}

/** Why the mail of a machine is in this ticket: a clause. */
export function joinedWords({ id }: Ticket, { join_minutes = 0 }: Queue): string {
  return `joined to ticket ${id}: same sender and title within ${join_minutes} minute${join_minutes === 1 ? '' : 's'}`
}

function withoutNumbers(title: string): string {
  return title.replace(NUMBER, '#').toLowerCase()
}
