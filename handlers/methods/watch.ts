import { change } from '../change.ts'
import { method } from '../method.ts'
import { actingUser } from '../ownership.ts'
import { address } from '../params/addresses.ts'
import { optional } from '../params/kind.ts'
import { ticket } from '../params/references.ts'
import { withWatchers } from '../tickets/watchers.ts'

export default method({
  name: 'watch',
  summary: 'Add a watcher to a ticket.',
  description:
    'A watcher gets the same letters as the submitter: every public update and the resolution, but nothing private. A watcher that only the To or Cc of a mail has made one, and who so far gets only what agents write, becomes an ordinary one. A ticket has at most 50 watchers. Nobody is notified of the change itself. The status stays unchanged, even of a closed ticket.',
  may: 'agent',
  params: {
    ticket: ticket('The ticket to watch.'),
    email: optional(address('The mail address of the watcher; without it, the first address of the caller.')),
  },
  command: 'watch <ticket> [<email>]',
  example: {
    command: 'watch 31794 eve@example.net',
    says: 'eve@example.net watches ticket 31794.',
  },
  run: async ({ ticket, email }, call) => {
    const watcher =
      email ?? actingUser(call.actor, 'email is missing; only a user can leave it out.').addresses[0]!
    await change(call, ticket, withWatchers(ticket, [watcher]))
    return watcher
  },
  says: (watcher, { ticket }) => `${watcher} watches ticket ${ticket.id}.`,
})
