import type { Ticket } from '../../data/tables.ts'
import { change, type Patch } from '../change.ts'
import type { TicketEvent } from '../hearers/event_table.ts'
import { hearsAgain } from '../letters/stopped_letters.ts'
import { isOneOf } from '../letters/writer.ts'
import { method } from '../method.ts'
import { choice } from '../params/choices.ts'
import { attachments } from '../params/files.ts'
import { optional } from '../params/kind.ts'
import { whole } from '../params/numbers_and_dates.ts'
import { text } from '../params/texts.ts'

const RESOLVED = 3
const CHOICES = ['works', 'not_yet'] as const

export default method({
  name: 'answer_resolution',
  summary: 'Say for the submitter whether a resolution helps.',
  description:
    'If it works, a resolved ticket is closed; if not yet, a resolved or closed ticket is reopened. Those who are notified of that are notified. In any other state only a text and files are added, so a repeat changes nothing. They are public if the submitter has sent them, else private. A ticket that does not exist any more is no error.',
  may: 'submitter',
  doors: ['daemon'],
  params: {
    ticket: whole('The number of the ticket.', 1),
    choice: choice('What the submitter says.', CHOICES),
    message: optional(text('What the mail says besides.')),
    attachments: optional(attachments('Files that came with it.')),
  },
  example: {
    command: 'answer_resolution ticket=31794 choice=works',
    says: 'The submitter of ticket 31794 says that it works.',
  },
  run: async ({ ticket: id, choice, message, attachments = [] }, call) => {
    const ticket = await call.tx.get('tickets', id)
    if (!ticket) return
    const says = !call.isNothingNew && (message !== undefined || attachments.length > 0)
    const [patch, event] = stepOf(ticket, choice)
    if (event === undefined && !says) return
    const isSubmitters = ticket.submitter_email !== null && isOneOf(call.actor, [ticket.submitter_email])
    const words = says ? { comment: message, attachments } : {}
    const note = { ...words, public: isSubmitters, event: event ?? ('followed_up' as const) }
    // Whoever is content and says nothing wants no letters about that.
    const hears = choice === 'not_yet' || says ? hearsAgain(call, ticket) : {}
    await change({ ...call, door: 'mail' }, ticket, { ...patch, ...hears }, note)
  },
  says: (_, { ticket, choice }) =>
    `The submitter of ticket ${ticket} says that it ${choice === 'works' ? 'works' : 'does not work yet'}.`,
})

/** What a choice changes about a ticket in its state. */
function stepOf({ status }: Ticket, choice: (typeof CHOICES)[number]): [Patch, TicketEvent | undefined] {
  if (choice === 'works') return status === RESOLVED ? [{ status: 4 }, 'closed'] : [{}, undefined]
  return status === RESOLVED || status === 4 ? [{ status: 2 }, 'reopened'] : [{}, undefined]
}
