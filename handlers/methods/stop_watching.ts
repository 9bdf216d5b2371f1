import { change } from '../change.ts'
import { stopsSubmitter } from '../letters/stopped_letters.ts'
import { isMachine } from '../letters/writer.ts'
import { method } from '../method.ts'
import { address } from '../params/addresses.ts'
import { attachments } from '../params/files.ts'
import { optional } from '../params/kind.ts'
import { whole } from '../params/numbers_and_dates.ts'
import { text } from '../params/texts.ts'
import { isWatcher, withoutWatchers } from '../tickets/watchers.ts'

export default method({
  name: 'stop_watching',
  summary: 'Stop the letters about a ticket to a watcher, or to the submitter, who wants no more.',
  description:
    'A watcher is removed, and nobody gets a letter. The submitter gets a letter that says so, and no other letter about the ticket until a mail from that address adds to it, or set_submitter names it again; a private follow-up tells the agents. The wish of a machine does not stop the letters to the submitter. If a person has written a text, that becomes a private follow-up, and staff get a letter. A ticket that does not exist any more, and an address that gets no letters already, are no errors.',
  may: 'submitter',
  doors: ['daemon'],
  params: {
    ticket: whole('The number of the ticket.', 1),
    email: optional(address('The mail address of the watcher or the submitter; without it, nothing stops.')),
    message: optional(text('What was written to the address that stops the mail.')),
    attachments: optional(attachments('Files that came with it.')),
  },
  example: {
    command: 'stop_watching ticket=31794 email=eve@example.net',
    says: 'eve@example.net gets no more letters about ticket 31794.',
  },
  run: async ({ ticket: id, email, message, attachments = [] }, call) => {
    const ticket = await call.tx.get('tickets', id)
    if (!ticket) return
    const isTold = !call.isNothingNew && !isMachine(call.actor) && (message || attachments.length > 0)
    const isStopped = email !== undefined && (await stopsSubmitter(call, ticket, email))
    const isLeft = email !== undefined && isWatcher(ticket, email)
    const patch = {
      ...(isLeft ? withoutWatchers(ticket, [email]) : {}),
      ...(isStopped ? { submitter_stopped: true } : {}),
    }
    const told = isStopped
      ? { comment: { beginning: `${email} gets no more letters about this ticket, as asked.` } }
      : {}
    const note = isTold ? ({ comment: message, attachments, event: 'followed_up' } as const) : told
    await change({ ...call, door: 'mail' }, ticket, patch, note)
  },
  says: (_, { ticket, email }) =>
    email === undefined
      ? `Nobody more stops watching ticket ${ticket}.`
      : `${email} gets no more letters about ticket ${ticket}.`,
})
