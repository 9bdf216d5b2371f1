import { type Actor, method } from '../method.ts'
import { OPERATOR } from '../params/owners.ts'
import { type Filters, searchFor } from '../tickets/filters.ts'
import { LISTING, listingOf, listingText } from '../tickets/listing.ts'

const MINE = { owner: { id: OPERATOR, name: 'me' }, status: 'unresolved', sort: 'priority' } as const

export default method({
  name: 'list_mine',
  summary: 'List your own unresolved tickets.',
  description:
    'The most urgent comes first: by priority, then due date, then age. It is list_tickets with owner=me, status=unresolved and sort=priority; the operator owns no tickets.',
  may: 'agent',
  reads: true,
  params: {},
  command: 'mine',
  example: { command: 'mine', says: 'There are no such tickets.', gives: { tickets: [], next: null } },
  seeks: (_, call) => searchFor(mine(call.actor), call),
  run: (_, call) => listingOf(mine(call.actor), call),
  says: listing => listingText(listing, MINE),
  gives: listing => listing,
  givesSchema: LISTING,
})

function mine(actor: Actor): Filters {
  return { ...MINE, owner: { ...MINE.owner, id: actor.kind === 'user' ? actor.user.id : OPERATOR } }
}
