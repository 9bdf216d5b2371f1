import { change } from '../change.ts'
import { method } from '../method.ts'
import { actingUser } from '../ownership.ts'
import { address } from '../params/addresses.ts'
import { optional } from '../params/kind.ts'
import { ticket } from '../params/references.ts'
import { withoutWatchers } from '../tickets/watchers.ts'

export default method({
  name: 'unwatch',
  summary: 'Remove a watcher from a ticket.',
  description:
    'An address that is not a watcher is no error. The To or Cc of a later mail does not make it a watcher again. Nobody is notified. The status stays unchanged, even of a closed ticket.',
  may: 'agent',
  params: {
    ticket: ticket('The ticket that is not watched any more.'),
    email: optional(address('The mail address of the watcher; without it, all addresses of the caller.')),
  },
  command: 'unwatch <ticket> [<email>]',
  example: {
    command: 'unwatch 31794 eve@example.net',
    says: 'eve@example.net does not watch ticket 31794.',
  },
  run: async ({ ticket, email }, call) => {
    const gone =
      email === undefined
        ? actingUser(call.actor, 'email is missing; only a user can leave it out.').addresses
        : [email]
    await change(call, ticket, withoutWatchers(ticket, gone))
    return gone
  },
  says: ([gone], { ticket }) => `${gone} does not watch ticket ${ticket.id}.`,
})
