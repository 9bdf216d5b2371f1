import { change } from '../change.ts'
import { method } from '../method.ts'
import { attachments } from '../params/files.ts'
import { optional } from '../params/kind.ts'
import { ticket } from '../params/references.ts'
import { text } from '../params/texts.ts'

export default method({
  name: 'hold_ticket',
  summary: 'Put a ticket on hold.',
  description:
    'A ticket on hold is not escalated. Putting it on hold again changes nothing. The reason is kept as a private follow-up.',
  may: 'agent',
  params: {
    ticket: ticket('The ticket to put on hold.'),
    reason: optional(text('Why the ticket is put on hold; the submitter does not see it.')),
    attachments: optional(attachments('Files to attach to the follow-up.')),
  },
  command: 'hold <ticket>[: <reason>]',
  example: { command: 'hold 31794: waiting for the part', says: 'Ticket 31794 is on hold.' },
  run: ({ ticket, reason, attachments }, call) =>
    change(call, ticket, { on_hold: true }, { comment: reason, attachments }),
  says: ticket => `Ticket ${ticket.id} is on hold.`,
})
