import type { Followup, Queue, Ticket, User } from '../../data/tables.ts'
import type { Call } from '../method.ts'
import { sees } from '../visible.ts'
import type { TicketEvent } from './event_table.ts'

/** What decides who is notified. */
export interface Happened {
  readonly call: Call
  readonly event: TicketEvent
  readonly ticket: Ticket
  readonly followup: Followup
  readonly queue: Queue
  /** The active owner, if that user sees the queue. */
  readonly owner: User | undefined
}

export async function happened(
  call: Call,
  event: TicketEvent,
  ticket: Ticket,
  followup: Followup,
): Promise<Happened> {
  const queue = (await call.tx.get('queues', ticket.queue))!
  const user = ticket.assigned_to === null ? undefined : await call.tx.get('users', ticket.assigned_to)
  const owner = user?.active && sees(user, queue.id) ? user : undefined
  return { call, event, ticket, followup, queue, owner }
}
