import type { Reader } from '../../data/store.ts'
import type { Ticket } from '../../data/tables.ts'

/** What a ticket that moves or gets another title must keep of its opening, for the subject of its letters. */
export async function openedAs(
  tx: Reader,
  ticket: Ticket,
  { queue, title = ticket.title }: Partial<Pick<Ticket, 'queue' | 'title'>>,
): Promise<Pick<Ticket, 'opened_in' | 'opened_title'>> {
  const isRenamed = title !== ticket.title && ticket.opened_title === undefined
  // Tickets of earlier versions have no slug of their own.
  const left =
    queue === undefined || ticket.opened_in !== undefined ? undefined : await tx.get('queues', ticket.queue)
  return {
    ...(left ? { opened_in: left.slug } : {}),
    ...(isRenamed ? { opened_title: ticket.title } : {}),
  }
}
