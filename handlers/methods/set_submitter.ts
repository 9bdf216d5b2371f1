import { change } from '../change.ts'
import { method } from '../method.ts'
import { address } from '../params/addresses.ts'
import { ticket } from '../params/references.ts'

export default method({
  name: 'set_submitter',
  summary: 'Set the submitter of a ticket.',
  description:
    'From then on, the new submitter is notified of every public update, and the old one no longer. Nobody is notified of the change itself. The status stays unchanged, even of a closed ticket. A submitter who had asked for no more letters about the ticket gets them again, also if it is the same address.',
  may: 'agent',
  params: {
    ticket: ticket('The ticket whose submitter changes.'),
    email: address('The mail address of the person who submitted it.'),
  },
  command: 'submitter <ticket> <email>',
  example: {
    command: 'submitter 31794 ann@example.net',
    says: 'Ticket 31794 has the submitter ann@example.net.',
  },
  run: ({ ticket, email }, call) =>
    change(call, ticket, { submitter_email: email, submitter_stopped: false }),
  says: ({ id, submitter_email }) => `Ticket ${id} has the submitter ${submitter_email}.`,
})
