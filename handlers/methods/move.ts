import { change } from '../change.ts'
import { method } from '../method.ts'
import { afterTo } from '../params/after_to.ts'
import { queue, ticket } from '../params/references.ts'

export default method({
  name: 'move',
  summary: 'Move a ticket to another queue.',
  description:
    'It keeps its number, its owner and its status, even if it is closed. Nobody is notified; later letters go to the CC addresses of the new queue. Moving a ticket to its own queue changes nothing.',
  may: 'agent',
  params: {
    ticket: ticket('The ticket to move.'),
    queue: afterTo(queue('The new queue; list_queues shows the ids.')),
  },
  command: 'move <ticket> <queue>',
  example: { command: 'move 31794 support', says: 'Ticket 31794 is in queue Support.' },
  run: ({ ticket, queue }, call) => change(call, ticket, { queue: queue.id }),
  says: ({ id }, { queue }) => `Ticket ${id} is in queue ${queue.title}.`,
})
