import { mailbox } from '../data/address.ts'
import type { Ticket, User } from '../data/tables.ts'
import type { Call } from './method.ts'
import { userAt } from './user_at.ts'

/** The user whose address a person's mail names as its sender without proof. */
export async function claimedBy({ tx, actor }: Call): Promise<User | undefined> {
  const isClaim = actor.kind === 'submitter' && actor.proven === false && !actor.automatic
  return isClaim && actor.address !== null ? userAt(tx, actor.address) : undefined
}

/** Takes a user's acknowledgement of a claim out of those who hear of it: it would not say what was said in the user's name. */
export function withoutAcknowledgement(
  heard: ReadonlyMap<string, string>,
  { addresses }: User,
  { submitter_email }: Ticket,
): ReadonlyMap<string, string> {
  if (submitter_email === null || !addresses.includes(mailbox(submitter_email))) return heard
  return new Map([...heard].filter(([address]) => address !== mailbox(submitter_email)))
}

/** The address at which a user hears of a claim; undefined where that user hears of it already. */
export function addressForClaim({ addresses }: User, heard: ReadonlyMap<string, string>): string | undefined {
  return addresses.some(address => heard.has(address)) ? undefined : addresses[0]
}
