import { Failure } from '../../data/failure.ts'
import type { Reader } from '../../data/store.ts'
import type { Ticket } from '../../data/tables.ts'

/**
 * Throws Failure `invalid` if a ticket cannot be a duplicate of the other: that must be another ticket, and no duplicate itself. So no
 * chain can close to a circle, and watchers end up where the work is done.
 */
export function checkOther({ id }: Ticket, { id: other, duplicate_of }: Ticket): void {
  if (id === other)
    throw new Failure('invalid', `of: ticket ${id} cannot be a duplicate of itself; name another ticket.`, {
      parameter: 'of',
    })
  if (duplicate_of === undefined) return
  if (duplicate_of === id)
    throw new Failure(
      'invalid',
      `of: ticket ${other} is a duplicate of ticket ${id}; reopen ticket ${other} first.`,
      { parameter: 'of' },
    )
  throw new Failure(
    'invalid',
    `of: ticket ${other} is itself a duplicate; name the ticket that it is a duplicate of.`,
    { parameter: 'of' },
  )
}

/** How many duplicates are followed: a ticket becomes a duplicate of one that is none, but that one may become one later. */
const MOST_FOLLOWED = 10

/** The ticket that is worked on instead of a duplicate; the ticket itself if it is none, or if the other one is gone. */
export async function workedOn(tx: Reader, ticket: Ticket): Promise<Ticket> {
  let followed = ticket
  for (let n = 0; n < MOST_FOLLOWED && followed.duplicate_of !== undefined; n++) {
    const next = await tx.get('tickets', followed.duplicate_of)
    if (!next) break
    followed = next
  }
  return followed
}
