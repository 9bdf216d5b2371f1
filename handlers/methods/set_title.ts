import { change } from '../change.ts'
import { method } from '../method.ts'
import { ticket } from '../params/references.ts'
import { title } from '../params/texts.ts'

export default method({
  name: 'set_title',
  summary: 'Set the title of a ticket.',
  description:
    'Nobody is notified. The subject of its letters stays what it was at opening, so that they are one conversation. The status stays unchanged, even of a closed ticket.',
  may: 'agent',
  params: {
    ticket: ticket('The ticket whose title changes.'),
    title: title('The new title.', 100),
  },
  command: 'title <ticket>: <title>',
  example: {
    command: 'title 31794: The printer on floor 2 burns',
    says: 'The title of ticket 31794 is: The printer on floor 2 burns',
  },
  run: ({ ticket, title }, call) => change(call, ticket, { title }),
  says: ({ id, title }) => `The title of ticket ${id} is: ${title}`,
})
