import type { Status, Ticket } from '../../data/tables.ts'
import { change } from '../change.ts'
import { type Actor, method } from '../method.ts'
import { attachments } from '../params/files.ts'
import { flag } from '../params/flags.ts'
import { optional } from '../params/kind.ts'
import { ticket } from '../params/references.ts'
import { text } from '../params/texts.ts'

export default method({
  name: 'add_followup',
  summary: 'Add a follow-up to a ticket.',
  description:
    'It goes to the owner and the queue, and if it is public to the submitter. It is private unless public is y, and a private one is never mailed to the submitter.',
  may: 'submitter',
  params: {
    ticket: ticket('The ticket that it belongs to.'),
    message: text('What there is to say, of any length.'),
    public: optional(flag('Whether the submitter sees it; without it agents alone do.')),
    attachments: optional(attachments('Files that come with it.')),
  },
  command: 'followup <ticket> [public][: <message>]',
  body: 'message',
  example: {
    command: 'followup 31794 public: The part has been ordered.',
    says: 'A public follow-up is added to ticket 31794.',
  },
  run: async ({ ticket, message, public: open = false, attachments }, call) => {
    const note = { comment: message, public: open, attachments, event: 'followed_up' } as const
    return { ticket: await change(call, ticket, reopened(ticket, call.actor), note), open }
  },
  says: ({ ticket, open }) => `A ${open ? 'public' : 'private'} follow-up is added to ticket ${ticket.id}.`,
})

/** An answer opens a ticket that is over again; not the answer of a machine, nor one in the name of a user without proof. */
function reopened({ status }: Ticket, actor: Actor): { status?: Status } {
  const over = status === 3 || status === 4
  const counts = actor.kind === 'submitter' && !actor.automatic && actor.proven !== false
  return over && counts ? { status: 2 } : {}
}
