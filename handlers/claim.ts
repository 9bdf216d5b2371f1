import { mailbox } from '../data/address.ts'
import type { Ticket, User } from '../data/tables.ts'
import type { Call } from './method.ts'
import { userAt } from './user_at.ts'

/** The user whose address a person's unproven mail names as its sender. */
export async function claimedBy({ tx, actor }: Call): Promise<User | undefined> {
  const isClaim = actor.kind === 'submitter' && actor.proven === false && !actor.automatic
  return isClaim && actor.address !== null ? userAt(tx, actor.address) : undefined
}

/** Removes the submitter if that is the claimed user: an acknowledgement would not show what was said in the user's name. */
export function withoutAcknowledgement(
  heard: ReadonlyMap<string, string>,
  { addresses }: User,
  { submitter_email }: Ticket,
): ReadonlyMap<string, string> {
  if (submitter_email === null || !addresses.includes(mailbox(submitter_email))) return heard
  return new Map([...heard].filter(([address]) => address !== mailbox(submitter_email)))
}

/** The address at which the user is told of the claim; undefined if the user already gets a letter. */
export function addressForClaim({ addresses }: User, heard: ReadonlyMap<string, string>): string | undefined {
  return addresses.some(address => heard.has(address)) ? undefined : addresses[0]
}
