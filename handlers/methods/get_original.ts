import { Failure } from '../../data/failure.ts'
import { method } from '../method.ts'
import { whole } from '../params/numbers_and_dates.ts'
import { ticket } from '../params/references.ts'
import { followupNumbered } from '../tickets/followup_number.ts'

export default method({
  name: 'get_original',
  summary: 'Get what the text of a follow-up was made from.',
  description:
    'If the text of a mail was made from HTML, that is the HTML; if a quote or a signature was taken off an answer, the whole text. It is kept as long as the ticket. The response to a POST, the answer to a mail and the shell give the file as get_attachment does.',
  may: 'agent',
  reads: true,
  params: {
    ticket: ticket('The ticket that the follow-up belongs to.'),
    followup: whole('The number of the follow-up within the ticket, from 1.', 1),
  },
  command: 'original <ticket> followup <followup>',
  example: { command: 'original 12 followup 1', says: 'original.html has 5 bytes.' },
  run: async ({ ticket, followup: number }, { tx }) => {
    const { original } = await followupNumbered(tx, ticket.id, number)
    if (original) return original
    throw new Failure(
      'not_found',
      `Follow-up ${number} of ticket ${ticket.id} has no original: its text is as it was written.`,
      { parameter: 'followup' },
    )
  },
  says: ({ filename, size }) => `${filename} has ${size} bytes.`,
  sends: original => original,
})
