import { change } from '../change.ts'
import { method } from '../method.ts'
import { afterTo } from '../params/after_to.ts'
import { activeUser, ticket } from '../params/references.ts'

export default method({
  name: 'assign',
  summary: 'Assign a ticket to a user.',
  description:
    'The new owner and the former one are notified by mail, unless they assign it themselves. The status stays unchanged, even of a closed ticket. Assigning a ticket to its owner changes nothing.',
  may: 'agent',
  params: {
    ticket: ticket('The ticket to assign.'),
    // Not `user`, which is the login of a POST.
    assigned_to: afterTo(activeUser('The new owner.')),
  },
  command: 'assign <ticket> <assigned_to>',
  example: { command: 'assign 31794 fred', says: 'Ticket 31794 is assigned to fred.' },
  run: ({ ticket, assigned_to: owner }, call) => change(call, ticket, { assigned_to: owner.id }),
  says: ({ id }, { assigned_to: owner }) => `Ticket ${id} is assigned to ${owner.username}.`,
})
