import { change } from '../change.ts'
import { method } from '../method.ts'
import { afterTo } from '../params/after_to.ts'
import { optional } from '../params/kind.ts'
import { priority } from '../params/numbers_and_dates.ts'
import { ticket } from '../params/references.ts'
import { text } from '../params/texts.ts'

export default method({
  name: 'set_priority',
  summary: 'Set the priority of a ticket.',
  description: 'Nobody is notified. The reason is kept as a private follow-up.',
  may: 'agent',
  params: {
    ticket: ticket('The ticket whose priority changes.'),
    priority: afterTo(priority('The new priority, from 1 (high) to 5 (low).')),
    reason: optional(text('Why the priority changes; the submitter does not see it.')),
  },
  command: 'priority <ticket> <priority>[: <reason>]',
  mailBody: 'reason',
  example: { command: 'priority 31794 1: the whole floor waits', says: 'Ticket 31794 has priority 1.' },
  run: ({ ticket, priority, reason }, call) => change(call, ticket, { priority }, { comment: reason }),
  says: ({ id, priority }) => `Ticket ${id} has priority ${priority}.`,
})
