import { change } from '../change.ts'
import { isMachine } from '../letters/writer.ts'
import { method } from '../method.ts'
import { address } from '../params/addresses.ts'
import { attachments } from '../params/files.ts'
import { optional } from '../params/kind.ts'
import { whole } from '../params/numbers_and_dates.ts'
import { text } from '../params/texts.ts'
import { withoutWatchers } from '../tickets/watchers.ts'

export default method({
  name: 'stop_watching',
  summary: 'Remove a watcher who wants no more mail about a ticket.',
  description:
    'Nobody gets a letter, unless a person has written a text: that becomes a private follow-up. A ticket that does not exist any more, and an address that is not a watcher any more, are no errors.',
  may: 'submitter',
  doors: ['daemon'],
  params: {
    ticket: whole('The number of the ticket.', 1),
    email: optional(address('The mail address of the watcher; without it, nobody is removed.')),
    message: optional(text('What was written to the address that stops the mail.')),
    attachments: optional(attachments('Files that came with it.')),
  },
  example: {
    command: 'stop_watching ticket=31794 email=eve@example.net',
    says: 'eve@example.net does not watch ticket 31794.',
  },
  run: async ({ ticket: id, email, message, attachments = [] }, call) => {
    const ticket = await call.tx.get('tickets', id)
    if (!ticket) return
    const isTold = !call.isNothingNew && !isMachine(call.actor) && (message || attachments.length > 0)
    const note = isTold ? ({ comment: message, attachments, event: 'followed_up' } as const) : {}
    const patch = email === undefined ? {} : withoutWatchers(ticket, [email])
    await change({ ...call, door: 'mail' }, ticket, patch, note)
  },
  says: (_, { ticket, email }) =>
    email === undefined
      ? `Nobody more stops watching ticket ${ticket}.`
      : `${email} does not watch ticket ${ticket}.`,
})
