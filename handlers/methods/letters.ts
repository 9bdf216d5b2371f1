import { letterFilters, letterSearch } from '../letters/records/letter_filters.ts'
import { LETTER_LISTING, letterListing, letterListingText } from '../letters/records/letter_listing.ts'
import { method } from '../method.ts'

export default method({
  name: 'letters',
  summary: 'List the letters, with what became of each.',
  description:
    'The 50 newest letters that fit all filters, newest first, with the last reply to each that is not sent. In the command, the filters are waiting, sent or failed, "to" and an address, and a ticket, in any order. A program gets letters and next; before=NEXT with the same filters gives the next page, and next is null on the last one. Letters that were sent or have failed are kept for as many days as mail.keep_letters_days says.',
  may: 'admin',
  reads: true,
  params: letterFilters,
  command: 'letters [<filters>]',
  example: {
    command: 'letters failed to maria@example.net',
    says: '2 to maria@example.net\n2026-03-01 12:00 UTC · failed · followed_up · ticket 12\n452 4.2.2 mailbox full',
    gives: {
      letters: [
        {
          letter: 2,
          to: 'maria@example.net',
          event: 'followed_up',
          ticket: 12,
          state: 'failed',
          created: '2026-03-01T12:00:00.000Z',
          next_attempt: null,
          last_attempt: '2026-03-01T12:00:00.000Z',
          reply: '452 4.2.2 mailbox full',
        },
      ],
      next: null,
    },
  },
  seeksLetters: letterSearch,
  run: (_, call) => letterListing(call),
  says: letterListingText,
  gives: listing => listing,
  givesSchema: LETTER_LISTING,
})
