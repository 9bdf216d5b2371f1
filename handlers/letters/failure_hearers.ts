import { mailbox } from '../../data/address.ts'
import type { Reader } from '../../data/store.ts'
import type { Letter, Ticket, User } from '../../data/tables.ts'
import type { Call } from '../method.ts'
import { sees } from '../visible.ts'
import { deputies } from './deputies.ts'
import { reachedOf } from './failing_addresses.ts'
import { isOneOf } from './writer.ts'

/**
 * Who is told that a letter did not arrive, by mailbox: the user who wrote what it says, else the owner of the ticket, else the deputies,
 * else the administrators. Never at an address that letters do not reach, and not the actor, who knows. `letter` is undefined if its record is
 * gone.
 */
export async function failureHearers(
  call: Call,
  ticket: Ticket,
  letter: Letter | undefined,
): Promise<ReadonlyMap<string, string>> {
  const { tx } = call
  const owner = ticket.assigned_to === null ? undefined : await tx.get('users', ticket.assigned_to)
  for (const users of [
    await writerOf(tx, letter),
    owner ? [owner] : [],
    await deputies(call, ticket),
    await tx.find('users', { admin: true }),
  ]) {
    const heard = new Map<string, string>()
    for (const user of users) {
      const address = await reachedOf(tx, addressesOf(user, ticket, letter))
      if (address !== undefined) heard.set(mailbox(address), address)
    }
    if (heard.size > 0) return withoutActor(call, heard)
  }
  return new Map()
}

/** An administrator who gives up a letter is told by the answer. */
function withoutActor({ actor }: Call, heard: ReadonlyMap<string, string>): ReadonlyMap<string, string> {
  if (actor.kind !== 'user') return heard
  return new Map([...heard].filter(([, address]) => !isOneOf(actor, [address])))
}

async function writerOf(tx: Reader, letter: Letter | undefined): Promise<readonly User[]> {
  const followup = letter?.followup ? await tx.get('followups', letter.followup) : undefined
  const author = followup?.author.kind === 'user' ? await tx.get('users', followup.author.user) : undefined
  return author ? [author] : []
}

/** Where the user can be told and can act. */
function addressesOf({ active, addresses, ...user }: User, { queue }: Ticket, letter?: Letter): string[] {
  if (!active || !sees(user, queue)) return []
  return addresses.filter(address => !letter || mailbox(address) !== mailbox(letter.to))
}
