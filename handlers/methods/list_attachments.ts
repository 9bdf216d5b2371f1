import { method } from '../method.ts'
import { ticket } from '../params/references.ts'
import { COUNT, ID, INSTANT, listOf, objectOf, TEXT } from '../result_schema.ts'
import { attachmentsOf } from '../tickets/attachments.ts'

export default method({
  name: 'list_attachments',
  summary: 'List the attachments of a ticket.',
  description: 'The list is in order of arrival. get_attachment takes the number of each attachment.',
  may: 'agent',
  reads: true,
  params: { ticket: ticket('The ticket whose attachments are listed.') },
  command: 'attachments <ticket>',
  example: {
    command: 'attachments 31794',
    says: '1 fuse.txt text/plain, 5 bytes',
    gives: [
      {
        attachment: 1,
        filename: 'fuse.txt',
        mime_type: 'text/plain',
        size: 5,
        followup: 1,
        date: '2026-03-01T12:00:00.000Z',
      },
    ],
  },
  run: async ({ ticket }, { tx }) => {
    const found = await attachmentsOf(tx, ticket.id)
    return found.map(({ attachment: { file, ...told }, followup: { id, date } }, index) => {
      return { attachment: index + 1, ...told, followup: id, date }
    })
  },
  says: (found, { ticket }) =>
    found
      .map(
        ({ attachment, filename, mime_type, size }) =>
          `${attachment} ${filename} ${mime_type}, ${size} bytes`,
      )
      .join('\n') || `Ticket ${ticket.id} has no attachments.`,
  gives: found => found,
  givesAs: 'attachments',
  givesSchema: listOf(
    objectOf({ attachment: ID, filename: TEXT, mime_type: TEXT, size: COUNT, followup: ID, date: INSTANT }),
  ),
})
