import { change } from '../change.ts'
import { method } from '../method.ts'
import { flag } from '../params/flags.ts'
import { optional } from '../params/kind.ts'
import { ticket } from '../params/references.ts'
import { text } from '../params/texts.ts'

export default method({
  name: 'close',
  summary: 'Close a ticket.',
  description:
    'Its resolution, if it has one, is kept; a duplicate no longer names the other ticket. The owner and the CC addresses of the queue are notified, and if public is y, the submitter and the watchers, too. The reason is kept as a follow-up, which is private unless public is y. Closing a closed ticket without a reason changes nothing.',
  may: 'agent',
  params: {
    ticket: ticket('The ticket to close.'),
    reason: optional(text('Why the ticket is closed.')),
    public: optional(flag('Whether the submitter and the watchers are told; defaults to n.')),
  },
  command: 'close <ticket> [public][: <reason>]',
  mailBody: 'reason',
  example: { command: 'close 31794: a test', says: 'Ticket 31794 is closed.' },
  run: ({ ticket, reason, public: open = false }, call) => {
    const isClosed = ticket.status === 4
    const event = isClosed && !reason ? undefined : isClosed ? 'followed_up' : 'closed'
    return change(call, ticket, { status: 4 }, { comment: reason, public: open, event })
  },
  says: ({ id }) => `Ticket ${id} is closed.`,
})
