import { mailFilters, mailSearch } from '../mails/mail_filters.ts'
import { MAIL_LISTING, mailListing, mailListingText } from '../mails/mail_listing.ts'
import { method } from '../method.ts'

export default method({
  name: 'mails',
  summary: 'List the received mails, with what became of each.',
  description:
    'The 50 newest mails that fit all filters, newest first. In the command, the filters are a verdict, a day and a sender, in any order. A program gets mails and next; before=NEXT with the same filters gives the next page, and next is null on the last one. The records of mails are kept for as many days as mail.keep_records_days says.',
  may: 'admin',
  reads: true,
  params: mailFilters,
  command: 'mails [<filters>]',
  example: {
    command: 'mails ticket 2026-02-28',
    says: '2 Smoke\n2026-02-28 09:00 UTC · eve@example.net · ticket · ticket 12',
    gives: {
      mails: [
        {
          mail: 2,
          received: '2026-02-28T09:00:00.000Z',
          from: 'eve@example.net',
          subject: 'Smoke',
          verdict: 'ticket',
          tickets: [12],
        },
      ],
      next: null,
    },
  },
  seeksMails: mailSearch,
  run: (_, call) => mailListing(call),
  says: mailListingText,
  gives: listing => listing,
  givesSchema: MAIL_LISTING,
})
