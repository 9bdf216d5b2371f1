import { Failure } from '../../data/failure.ts'
import { change } from '../change.ts'
import { method } from '../method.ts'
import { actingUser } from '../ownership.ts'
import { optional } from '../params/kind.ts'
import { queue } from '../params/references.ts'
import { factsOf } from '../tickets/facts.ts'
import { ticketText, WHOLE_TICKET, wholeTicket, withoutTexts } from '../tickets/whole.ts'
import { actorSees, limitOf } from '../visible.ts'
import get_ticket from './get_ticket.ts'

/** How many free tickets are looked at, in case others take some at the same moment. */
const MOST_TRIED = 200
/** In characters, of the comments in the answer, which is kept for repeats of the call. */
const MOST_SHOWN = 16 * 1024

export default method({
  name: 'next',
  summary: 'Take the most urgent free ticket, and show it.',
  description:
    'A ticket is free if it is open or reopened, not on hold, and without an owner. The highest priority comes first, then the earliest due date, then the oldest ticket. It is assigned to the caller; of a long thread, the answer has the end. A repeat under the same key gets the ticket without its follow-ups.',
  may: 'agent',
  params: { queue: optional(queue('Only tickets of this queue.')) },
  command: 'next [<queue>]',
  example: {
    ...get_ticket.example,
    command: 'next support',
    says: get_ticket.example.says.replace('Owner: nobody', 'Owner: susan'),
    gives: {
      ...(get_ticket.example.gives as object),
      version: 2,
      owner: 'susan',
      modified: '2026-03-01T12:00:00.000Z',
    },
  },
  seeks: ({ queue }, { actor }) => {
    const limited = limitOf(actor)
    const inQueue = queue ? { queue: queue.id } : limited ? { queue: { in: limited } } : {}
    const where = { assigned_to: null, on_hold: false, status: { in: [1, 2] }, ...inQueue } as const
    return { where, by: ['priority', 'due_date'], limit: MOST_TRIED }
  },
  run: async ({ queue }, call) => {
    const { actor, tx, found } = call
    const owner = actingUser(actor, 'Only a user can take a ticket; call next as a user.')
    for (const { id } of found) {
      const ticket = await tx.get('tickets', id)
      if (!ticket || ticket.assigned_to !== null || ticket.on_hold || ticket.status > 2) continue
      if (!actorSees(actor, ticket.queue) || (queue && ticket.queue !== queue.id)) continue
      // Read before, so that the answer ends with what was last said, not with this change.
      const whole = await wholeTicket(call, ticket, MOST_SHOWN)
      const taken = await change(call, ticket, { assigned_to: owner.id })
      return { ...whole, ...(await factsOf(call, taken)) }
    }
    throw new Failure('not_found', `There is no free ticket${queue ? ` in queue ${queue.title}` : ''}.`)
  },
  says: ticketText,
  again: withoutTexts,
  gives: ticket => ticket,
  givesSchema: WHOLE_TICKET,
})
