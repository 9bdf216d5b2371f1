import { change } from '../change.ts'
import { method } from '../method.ts'
import { otherTicket, ticket } from '../params/references.ts'
import { checkOther } from '../tickets/duplicates.ts'
import { followedBy } from '../tickets/watchers.ts'

export default method({
  name: 'mark_duplicate',
  summary: 'Mark a ticket as a duplicate of another.',
  description:
    'Its submitter and watchers become watchers of the other ticket. They are notified, and so are its owner and the CC addresses of its queue. The status of the other ticket stays unchanged, even if it is closed. Reopening, resolving or closing the duplicate makes it an ordinary ticket again, and an answer of its submitter reopens it.',
  may: 'agent',
  params: {
    ticket: ticket('The ticket that is a duplicate.'),
    of: otherTicket('The ticket that it is a duplicate of.'),
  },
  command: 'duplicate <ticket> of <of>',
  example: {
    command: 'duplicate 31794 of 12',
    says: 'Ticket 31794 is a duplicate of ticket 12.',
  },
  run: async ({ ticket, of }, call) => {
    checkOther(ticket, of)
    const isMarked = ticket.duplicate_of === of.id
    const marked = { status: 5, duplicate_of: of.id } as const
    const duplicate = await change(call, ticket, marked, {
      public: true,
      event: isMarked ? undefined : 'duplicate',
    })
    await change(call, of, followedBy(of, ticket))
    return duplicate
  },
  says: ({ id, duplicate_of }) => `Ticket ${id} is a duplicate of ticket ${duplicate_of}.`,
})
