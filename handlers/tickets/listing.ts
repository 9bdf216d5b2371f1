import type { Ticket } from '../../data/tables.ts'
import { isPastDue } from '../escalation/due_date.ts'
import { Todays } from '../escalation/todays.ts'
import type { Call } from '../method.ts'
import { listOf, objectOf, orNull, TEXT } from '../result_schema.ts'
import { actorSees } from '../visible.ts'
import { cursorOf } from './cursor.ts'
import { factsOf, TICKET_FACTS, type TicketFacts } from './facts.ts'
import { type Filters, pageSize, plainFilters, searchFor } from './filters.ts'

/** In characters; a phone shows about forty on a line. */
const LONGEST_TITLE = 70

/** A page of a list of tickets. */
export interface Listing {
  readonly tickets: readonly TicketFacts[]
  readonly next: string | null
}
export const LISTING = objectOf({ tickets: listOf(objectOf(TICKET_FACTS)), next: orNull(TEXT) })

/** The page with the tickets that the search has found and that still exist. It finds a due date that is past in any zone. */
export async function listingOf(asked: Filters, call: Call): Promise<Listing> {
  const { tx, actor, now, found } = call
  const page = found.slice(0, pageSize(asked))
  const last = found.length > page.length ? page.at(-1) : undefined
  const tickets: TicketFacts[] = []
  const todays = new Todays(call)
  for (const { id } of page) {
    const ticket: Ticket | undefined = await tx.get('tickets', id)
    if (!ticket || !actorSees(actor, ticket.queue)) continue
    const queue = (await tx.get('queues', ticket.queue))!
    if (asked.overdue && !isPastDue(ticket, todays.of(queue))) continue
    tickets.push(await factsOf(call, ticket, todays))
  }
  const next = last ? cursorOf(last, searchFor({ ...asked, after: undefined }, { actor, now }), asked) : null
  return { tickets, next }
}

/** The page for people: two short lines a ticket. */
export function listingText({ tickets, next }: Listing, asked: Filters): string {
  if (tickets.length === 0 && next === null) return 'There are no such tickets.'
  const lines = tickets.map(linesOf)
  const more =
    next === null
      ? []
      : [`There are more. For the next page, write:\nlist_tickets ${plainFilters(asked)}after=${next}`]
  return [...lines, ...more].join('\n\n')
}

function linesOf({
  ticket,
  title,
  queue,
  owner,
  status,
  on_hold,
  priority,
  due_date,
  overdue,
  created,
}: TicketFacts): string {
  const facts = [
    queue.slug,
    owner ?? 'no owner',
    `P${priority}`,
    ...(status === 'open' ? [] : [status]),
    ...(on_hold ? ['on hold'] : []),
    ...(due_date === null ? [] : [`due ${due_date}${overdue ? ', overdue' : ''}`]),
    created.slice(0, 10),
  ]
  return `${ticket} ${shortened(title)}\n${facts.join(' · ')}`
}

/** A title that fits on two lines of a phone. */
export function shortened(title: string): string {
  const characters = [...title]
  return characters.length <= LONGEST_TITLE
    ? title
    : `${characters
        .slice(0, LONGEST_TITLE - 1)
        .join('')
        .trimEnd()}…`
}
