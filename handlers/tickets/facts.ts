import {
  type Instant,
  type Priority,
  type Queue,
  type Status,
  statuses,
  type Ticket,
} from '../../data/tables.ts'
import { isOverdue } from '../escalation/due_date.ts'
import { Todays } from '../escalation/todays.ts'
import type { Call } from '../method.ts'
import { BOOLEAN, ID, INSTANT, objectOf, orNull, TEXT } from '../result_schema.ts'
import { seenNumber } from '../visible.ts'

export const STATUS_WORDS = Object.values(statuses).map(word => word.toLowerCase())

/** A ticket as a list of tickets gives it to programs. */
export interface TicketFacts {
  readonly ticket: number
  readonly version: number
  readonly queue: Pick<Queue, 'id' | 'slug' | 'title'>
  readonly title: string
  /** The name that the caller gave it. */
  readonly reference: string | null
  /** The number of the ticket that it is a duplicate of, if the caller sees that one. */
  readonly duplicate_of: number | null
  readonly submitter_email: string | null
  /** The username. */
  readonly owner: string | null
  readonly status: string
  readonly on_hold: boolean
  /** What ends the hold by itself: a day, or `answer`. */
  readonly hold_until: string | null
  readonly priority: Priority
  readonly due_date: string | null
  /** It should have been resolved by now: the due date is past in the time zone of its queue. */
  readonly overdue: boolean
  readonly created: Instant
  /** The time of the last change. */
  readonly modified: Instant
}
export const TICKET_FACTS = {
  ticket: ID,
  version: ID,
  queue: objectOf({ id: ID, slug: TEXT, title: TEXT }),
  title: TEXT,
  reference: orNull(TEXT),
  duplicate_of: orNull(ID),
  submitter_email: orNull(TEXT),
  owner: orNull(TEXT),
  status: { type: 'string', enum: STATUS_WORDS },
  on_hold: BOOLEAN,
  hold_until: orNull(TEXT),
  priority: { type: 'integer', minimum: 1, maximum: 5 },
  due_date: orNull({ type: 'string', format: 'date' }),
  overdue: BOOLEAN,
  created: INSTANT,
  modified: INSTANT,
}

export async function factsOf(
  call: Pick<Call, 'tx' | 'actor' | 'now' | 'hours'>,
  ticket: Ticket,
  todays = new Todays(call),
): Promise<TicketFacts> {
  const { tx } = call
  const queue = (await tx.get('queues', ticket.queue))!
  const { id, slug, title } = queue
  const owner = ticket.assigned_to === null ? undefined : await tx.get('users', ticket.assigned_to)
  return {
    ticket: ticket.id,
    version: ticket.version,
    queue: { id, slug, title },
    title: ticket.title,
    reference: ticket.reference ?? null,
    duplicate_of: ticket.duplicate_of === undefined ? null : await seenNumber(call, ticket.duplicate_of),
    submitter_email: ticket.submitter_email,
    owner: owner?.username ?? null,
    status: statusWord(ticket.status),
    on_hold: ticket.on_hold,
    hold_until: ticket.hold_until ?? null,
    priority: ticket.priority,
    due_date: ticket.due_date,
    overdue: ticket.due_date !== null && isOverdue(ticket, todays.of(queue)),
    created: ticket.created,
    modified: ticket.modified,
  }
}

export function statusWord(status: Status): string {
  return statuses[status].toLowerCase()
}
