import { mailbox } from '../../data/address.ts'
import type { Reader } from '../../data/store.ts'
import type { Letter, Ticket, User } from '../../data/tables.ts'
import type { Call } from '../method.ts'
import { sees } from '../visible.ts'
import { deputies } from './deputies.ts'

/**
 * Who is told that a letter did not arrive, by mailbox: the user who wrote what it says, else the owner of the ticket, else those who hear
 * what nobody else does. Never at the address that it did not reach. `letter` is undefined if its record is gone.
 */
export async function failureHearers(
  call: Call,
  ticket: Ticket,
  letter: Letter | undefined,
): Promise<ReadonlyMap<string, string>> {
  const { tx } = call
  const owner = ticket.assigned_to === null ? undefined : await tx.get('users', ticket.assigned_to)
  for (const users of [await writerOf(tx, letter), owner ? [owner] : [], await deputies(call, ticket)]) {
    const addresses = users.flatMap(user => addressOf(user, ticket, letter))
    if (addresses.length > 0) return new Map(addresses.map(address => [mailbox(address), address]))
  }
  return new Map()
}

async function writerOf(tx: Reader, letter: Letter | undefined): Promise<readonly User[]> {
  const followup = letter?.followup ? await tx.get('followups', letter.followup) : undefined
  const author = followup?.author.kind === 'user' ? await tx.get('users', followup.author.user) : undefined
  return author ? [author] : []
}

/** An address at which the user can be told and can act. */
function addressOf({ active, addresses, ...user }: User, { queue }: Ticket, letter?: Letter): string[] {
  if (!active || !sees(user, queue)) return []
  return addresses.filter(address => !letter || mailbox(address) !== mailbox(letter.to)).slice(0, 1)
}
