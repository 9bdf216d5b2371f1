import { change } from '../change.ts'
import { method } from '../method.ts'
import { flag } from '../params/flags.ts'
import { optional } from '../params/kind.ts'
import { ticket } from '../params/references.ts'
import { text } from '../params/texts.ts'
import { statusWord } from '../tickets/facts.ts'

export default method({
  name: 'reopen',
  summary: 'Reopen a ticket.',
  description:
    'A resolved or closed ticket, or a duplicate, becomes reopened; a duplicate no longer names the other ticket. An open ticket stays open. The owner and the CC addresses of the queue are notified, and if public is y, the submitter and the watchers, too. The reason is kept as a follow-up, which is private unless public is y.',
  may: 'agent',
  params: {
    ticket: ticket('The ticket to reopen.'),
    reason: optional(text('Why the ticket is reopened.')),
    public: optional(flag('Whether the submitter and the watchers are told; defaults to n.')),
  },
  command: 'reopen <ticket> [public][: <reason>]',
  mailBody: 'reason',
  example: { command: 'reopen 12: it burns again', says: 'Ticket 12 is reopened.' },
  run: ({ ticket, reason, public: open = false }, call) => {
    const isOpen = ticket.status <= 2
    const event = isOpen && !reason ? undefined : isOpen ? 'followed_up' : 'reopened'
    const patch = isOpen ? {} : ({ status: 2 } as const)
    return change(call, ticket, patch, { comment: reason, public: open, event })
  },
  says: ({ id, status }) => `Ticket ${id} is ${statusWord(status)}.`,
})
