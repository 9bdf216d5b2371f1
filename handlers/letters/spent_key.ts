import type { Tx } from '../../data/store.ts'
import type { Instant, User } from '../../data/tables.ts'
import { reachedOf } from './failing_addresses.ts'
import type { LetterCount } from './letter_count.ts'

/** The key of a letter to a user that others know, too. */
export interface SpentKey {
  readonly letter: number
  readonly ticket: number
  readonly user: User
  /** Whether the user is told: not of a ticket that the user does not see. */
  readonly isTold: boolean
  /** It is the key of a link in the letter, so that only its links prove nothing any more. */
  readonly isLink?: true
  /** The sender, if somebody else wrote to the address; null if that has none. Absent if the user's mail went to others, too. */
  readonly from?: string | null
}

/** A clause about it for the record of the mail. */
export function spentWords({ letter, user, isLink, from }: SpentKey): string {
  const why = from === undefined ? 'the mail went to others, too' : `the mail is not from ${user.username}`
  const what = isLink ? 'the keys of the links of letter' : 'the key of letter'
  return `${what} ${letter} to ${user.username} ${isLink ? 'are' : 'is'} spent, since ${why}`
}

/**
 * Marks the key as spent, so that it proves nothing from now on, and tells its user by a letter that has no key, unless the caps
 * hold that letter back.
 */
export async function spendKey(tx: Tx, count: LetterCount, now: Instant, key: SpentKey): Promise<void> {
  const letter = await tx.get('letters', key.letter)
  if (!letter || letter.key_spent || (key.isLink && letter.links_spent)) return
  await tx.put('letters', { ...letter, ...(key.isLink ? { links_spent: true } : { key_spent: true }) })
  const to = key.isTold ? await reachedOf(tx, key.user.addresses) : undefined
  if (to === undefined || count.caps.heldBack({ claim: to }, Date.parse(now))) return
  count.count({ claim: to })
  await tx.add('letters', {
    event: 'key_spent',
    to,
    ticket: null,
    followup: null,
    answer: null,
    notice: {
      is: 'key',
      ticket: key.ticket,
      ...(key.isLink ? { is_link: true } : {}),
      ...(key.from === undefined ? {} : { from: key.from }),
    },
    state: 'waiting',
    created: now,
    due: now,
    attempts: [],
  })
}
