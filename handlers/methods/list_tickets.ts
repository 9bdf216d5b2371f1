import { method } from '../method.ts'
import { filters, searchFor } from '../tickets/filters.ts'
import { LISTING, listingOf, listingText } from '../tickets/listing.ts'

export default method({
  name: 'list_tickets',
  summary: 'List or search tickets.',
  description:
    'All filters must fit. In the command, a queue may follow, then any of open, reopened, resolved, closed, duplicate, unresolved, held, overdue (the due date is past), free (what next chooses from: unresolved, not on hold, without an owner), mine, and words "…". A program gets tickets and next; after=NEXT with the same filters and order gives the next page, and next is null on the last one.',
  may: 'agent',
  reads: true,
  params: filters,
  command: 'list [<filters>]',
  example: {
    command: 'list support open words "fire"',
    says: '31794 The printer is on fire\nsupport · no owner · P3 · 2026-02-28',
    gives: {
      tickets: [
        {
          ticket: 31794,
          version: 1,
          queue: { id: 1, slug: 'support', title: 'Support' },
          title: 'The printer is on fire',
          reference: null,
          duplicate_of: null,
          submitter_email: null,
          owner: null,
          status: 'open',
          on_hold: false,
          hold_until: null,
          priority: 3,
          due_date: null,
          overdue: false,
          created: '2026-02-28T09:00:00.000Z',
          modified: '2026-02-28T09:00:00.000Z',
        },
      ],
      next: null,
    },
  },
  seeks: searchFor,
  run: listingOf,
  says: listingText,
  gives: listing => listing,
  givesSchema: LISTING,
})
