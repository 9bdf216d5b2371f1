import { Failure } from '../../data/failure.ts'
import { method } from '../method.ts'
import { whole } from '../params/numbers_and_dates.ts'
import { ticket } from '../params/references.ts'
import { attachmentsOf } from '../tickets/attachments.ts'

export default method({
  name: 'get_attachment',
  summary: 'Get an attachment.',
  description:
    'The response to a POST is the file itself, as application/octet-stream with its file name. The answer to a mail carries the file, if it has at most 10 MiB. The shell writes it to standard output, unless that is a terminal.',
  may: 'agent',
  reads: true,
  params: {
    ticket: ticket('The ticket that the attachment belongs to.'),
    attachment: whole('The number of the attachment; list_attachments shows it.', 1),
  },
  command: 'attachment <ticket> <attachment>',
  example: { command: 'attachment 31794 1', says: 'fuse.txt has 5 bytes.' },
  run: async ({ ticket, attachment }, { tx }) => {
    const found = (await attachmentsOf(tx, ticket.id))[attachment - 1]
    if (found) return found.attachment
    throw new Failure(
      'not_found',
      `Ticket ${ticket.id} has no attachment ${attachment}; list_attachments shows the numbers.`,
      { parameter: 'attachment' },
    )
  },
  says: ({ filename, size }) => `${filename} has ${size} bytes.`,
  sends: attachment => attachment,
})
