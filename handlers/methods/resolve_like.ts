import { Failure } from '../../data/failure.ts'
import type { Ticket } from '../../data/tables.ts'
import { method } from '../method.ts'
import type { KeptText } from '../params/kept_text.ts'
import { otherTicket, ticket } from '../params/references.ts'
import { resolveWith } from '../tickets/resolve_with.ts'

export default method({
  name: 'resolve_like',
  summary: 'Resolve a ticket with the resolution of another.',
  description:
    'The text of that resolution is kept and mailed as with resolve. The other ticket stays unchanged, whatever its status is; it must have a resolution.',
  may: 'agent',
  params: {
    ticket: ticket('The ticket to resolve.'),
    like: otherTicket('The ticket that has the resolution.'),
  },
  command: 'resolve <ticket> like <like>',
  example: { command: 'resolve 31794 like 12', says: 'Ticket 31794 is resolved.' },
  run: ({ ticket, like }, call) => resolveWith(call, ticket, resolutionOf(like)),
  says: ({ ticket, too }) => `Ticket ${ticket.id} is resolved.${too}`,
})

function resolutionOf({ id, resolution, resolution_file }: Ticket): KeptText {
  if (resolution === null)
    throw new Failure('invalid', `like: ticket ${id} has no resolution; name a ticket that has one.`, {
      parameter: 'like',
    })
  return { beginning: resolution, ...(resolution_file === undefined ? {} : { file: resolution_file }) }
}
