import { Failure } from '../../data/failure.ts'
import { letterNumber } from '../letters/records/letter_number.ts'
import { whyNotAgain } from '../letters/records/not_again.ts'
import { tryAgain } from '../letters/records/try_again.ts'
import { momentWords } from '../mails/mail_listing.ts'
import { method } from '../method.ts'

export default method({
  name: 'retry_letter',
  summary: 'Try a letter again now.',
  description:
    'A letter that has failed waits again, with five more days and the short waits of a new one. A letter that waits is tried now instead of later; while the smarthost is down, it waits for that all the same. Refused for a letter that was sent, if no letters are written to its address (clear_address ends that), or if its recipient no longer hears of the ticket.',
  may: 'admin',
  params: { letter: letterNumber('The number of the letter; letters lists them.') },
  command: 'retry <letter>',
  example: {
    command: 'retry 2',
    says: 'Letter 2 to maria@example.net is tried again.',
  },
  run: async ({ letter }, { tx, now, tickets }) => {
    const { id, state, due, ticket } = letter
    if (state === 'sent')
      throw new Failure(
        'conflict',
        `Letter ${id} was sent on ${momentWords(due)}; what was sent cannot be tried again.`,
      )
    const why = await whyNotAgain(tx, letter)
    if (why !== undefined) throw new Failure('conflict', why)
    await tryAgain(tx, letter, now)
    if (ticket !== null) tickets.add(ticket)
    return letter
  },
  says: ({ id, to }) => `Letter ${id} to ${to} is tried again.`,
})
