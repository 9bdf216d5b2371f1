import { mailbox } from '../data/address.ts'
import type { Ticket, User } from '../data/tables.ts'
import type { Call } from './method.ts'
import { userOf } from './weight.ts'

/** The user whose address a person's mail names as its sender without proof. */
export async function claimedBy({ tx, actor }: Call): Promise<User | undefined> {
  const isClaim = actor.kind === 'submitter' && actor.proven === false && !actor.automatic
  return isClaim && actor.address !== null ? userOf(tx, actor.address) : undefined
}

/**
 * The address at which a user hears of what was said in the user's name; undefined where that user hears of it already. Takes the user's own
 * acknowledgement out of `heard`, since that would not say what it was.
 */
export function addressForClaim(
  { addresses }: User,
  heard: Map<string, string>,
  ticket: Ticket,
): string | undefined {
  const { submitter_email } = ticket
  if (submitter_email !== null && addresses.includes(mailbox(submitter_email)))
    heard.delete(mailbox(submitter_email))
  return addresses.some(address => heard.has(address)) ? undefined : addresses[0]
}
