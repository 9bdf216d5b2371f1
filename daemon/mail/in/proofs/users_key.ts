import { mailbox } from '../../../../data/address.ts'
import { DAY } from '../../../../data/durations.ts'
import type { Reader } from '../../../../data/store.ts'
import type { Letter, Ticket, User } from '../../../../data/tables.ts'
import { userAt } from '../../../../handlers/user_at.ts'
import { sees } from '../../../../handlers/visible.ts'
import type { ReturnedLetter } from '../../signed_ids.ts'

/** How long the key of a letter proves something. The record of a letter is kept for longer. */
export const KEY_DAYS = 30
/** The same for the keys of its links, which quotes of the letter give away. */
const LINK_DAYS = 7

/** The key of a letter to a user that can still prove something. */
export interface UsersKey {
  readonly letter: Letter
  readonly user: User
  readonly ticket: Ticket
  /** Whether the user sees the ticket: otherwise, the user has the letter as any submitter has. */
  readonly isSeen: boolean
}

/**
 * The user's letter of a key, if it can still prove something, or a clause that says why not. The letter must have gone to an address
 * that its user has had ever since, at most 30 days ago; 7 days for the key of a link.
 */
export async function usersKey(
  tx: Reader,
  { number, ticket: named, link }: ReturnedLetter,
  now: number,
): Promise<UsersKey | { readonly refused: string }> {
  const letter = number === undefined ? undefined : await tx.get('letters', number)
  if (!letter) return { refused: 'the record of its letter no longer exists' }
  const isAbout = letter.ticket === named || (link !== undefined && isDigested(letter, named))
  const ticket = isAbout && named !== undefined ? await tx.get('tickets', named) : undefined
  if (!ticket) return { refused: 'its ticket no longer exists' }
  const user = await userAt(tx, letter.to)
  if (!user)
    return { refused: `its letter went to ${mailbox(letter.to)}, which is not the address of a user` }
  if (user.addresses_since !== undefined && letter.created < user.addresses_since)
    return { refused: `its letter is older than the addresses of ${user.username}` }
  const days = link === undefined ? KEY_DAYS : LINK_DAYS
  if (now - Date.parse(letter.created) > days * DAY)
    return { refused: `its letter is older than ${days} days` }
  if (letter.key_spent || (link !== undefined && letter.links_spent)) return { refused: 'it is spent' }
  return { letter, user, ticket, isSeen: sees(user, ticket.queue) }
}

/** Whether a letter is a digest that lists the ticket, with a link of its own. */
function isDigested({ digest = [] }: Letter, ticket: number | undefined): boolean {
  return ticket !== undefined && digest.some(({ tickets }) => tickets.includes(ticket))
}
