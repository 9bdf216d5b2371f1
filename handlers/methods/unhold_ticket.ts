import { change } from '../change.ts'
import { nextWords } from '../escalation/foretold.ts'
import { method } from '../method.ts'
import { attachments } from '../params/files.ts'
import { optional } from '../params/kind.ts'
import { ticket } from '../params/references.ts'
import { text } from '../params/texts.ts'

export default method({
  name: 'unhold_ticket',
  summary: 'Take a ticket off hold.',
  description: 'The ticket can be escalated again. The reason is kept as a private follow-up.',
  may: 'agent',
  params: {
    ticket: ticket('The ticket to take off hold.'),
    reason: optional(text('Why the ticket is taken off hold; the submitter does not see it.')),
    attachments: optional(attachments('Files to attach to the follow-up.')),
  },
  command: 'unhold <ticket>[: <reason>]',
  mailBody: 'reason',
  example: { command: 'unhold 31794: the part is here', says: 'Ticket 31794 is not on hold.' },
  run: async ({ ticket, reason, attachments }, call) => {
    const free = await change(call, ticket, { on_hold: false }, { comment: reason, attachments })
    return { id: free.id, words: await nextWords(call, free) }
  },
  says: ({ id, words }) => `Ticket ${id} is not on hold.${words}`,
})
