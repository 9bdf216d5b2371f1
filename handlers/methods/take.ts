import { change } from '../change.ts'
import { method } from '../method.ts'
import { actingUser } from '../ownership.ts'
import { ticket } from '../params/references.ts'

export default method({
  name: 'take',
  summary: 'Assign a ticket to yourself.',
  description:
    'Only a user can take a ticket, even one that another user owns; the operator assigns it to a user instead. The former owner is notified by mail. The status stays unchanged: taking a closed ticket does not reopen it.',
  may: 'agent',
  params: { ticket: ticket('The ticket to take.') },
  command: 'take <ticket>',
  example: { command: 'take 31794', says: 'Ticket 31794 is assigned to susan.' },
  run: async ({ ticket }, call) => {
    const { id, username } = actingUser(
      call.actor,
      `Only a user can take a ticket; assign it to a user: assign ${ticket.id} USERNAME.`,
    )
    return { ticket: await change(call, ticket, { assigned_to: id }), username }
  },
  says: ({ ticket, username }) => `Ticket ${ticket.id} is assigned to ${username}.`,
})
