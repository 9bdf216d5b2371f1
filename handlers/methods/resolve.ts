import { method } from '../method.ts'
import { attachments } from '../params/files.ts'
import { optional } from '../params/kind.ts'
import { ticket } from '../params/references.ts'
import { text } from '../params/texts.ts'
import { resolveWith } from '../tickets/resolve_with.ts'

export default method({
  name: 'resolve',
  summary: 'Resolve a ticket.',
  description:
    'The resolution is kept with the ticket and mailed to the submitter, the watchers, the owner and the CC addresses of the queue.',
  may: 'agent',
  params: {
    ticket: ticket('The ticket to resolve.'),
    resolution: text('The text of the resolution, of any length.'),
    attachments: optional(attachments('Files to attach to the resolution.')),
  },
  command: 'resolve <ticket>[: <resolution>]',
  body: 'resolution',
  publicText: true,
  example: { command: 'resolve 31794: The fuse was changed.', says: 'Ticket 31794 is resolved.' },
  run: ({ ticket, resolution, attachments }, call) => resolveWith(call, ticket, resolution, attachments),
  says: ({ ticket, too }) => `Ticket ${ticket.id} is resolved.${too}`,
})
