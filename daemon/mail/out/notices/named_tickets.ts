import type { Reader } from '../../../../data/store.ts'
import type { Queue, Ticket } from '../../../../data/tables.ts'

/** A ticket that a letter names, and its queue. */
export interface NamedTicket {
  readonly ticket: Ticket
  readonly queue: Queue
}

/** Those of some tickets that still exist, in their order. */
export async function namedTickets(tx: Reader, ids: readonly number[]): Promise<readonly NamedTicket[]> {
  const named: NamedTicket[] = []
  for (const id of ids) {
    const ticket = await tx.get('tickets', id)
    const queue = ticket && (await tx.get('queues', ticket.queue))
    if (ticket && queue) named.push({ ticket, queue })
  }
  return named
}
