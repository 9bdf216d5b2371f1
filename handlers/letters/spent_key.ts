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
    answer: {
      subject: `${key.isLink ? 'The links' : 'The reply address'} of a letter about ticket ${key.ticket} ${key.isLink ? 'are' : 'is'} no longer safe`,
      message_id: null,
      sentences: key.isLink ? linkSentences(key) : sentencesOf(key),
    },
    state: 'waiting',
    created: now,
    due: now,
    attempts: [],
  })
}

function linkSentences({ ticket, from }: SpentKey): string[] {
  const what =
    from === undefined
      ? `You used a link of a letter about ticket ${ticket}, and your mail went to other people, too. They can see the address of that link.`
      : `${from ?? 'Somebody without a readable address'} wrote to the address of a link in a letter about ticket ${ticket}, which we gave to you alone.`
  return [
    what,
    'Whoever has that address could send the command of that link in your name. So the links of that letter no longer work. You can still reply to it.',
    ...(from === undefined
      ? []
      : ['If you did not forward or quote that letter, tell the people who run this helpdesk.']),
  ]
}

function sentencesOf({ ticket, from }: SpentKey): string[] {
  const what =
    from === undefined
      ? `You answered a letter about ticket ${ticket}, and your mail went to other people, too. They can see the reply address of that letter.`
      : `${from ?? 'Somebody without a readable address'} wrote to the reply address of a letter about ticket ${ticket}, which we gave to you alone.`
  return [
    what,
    'Whoever has that address could write to it in your name. So it no longer proves that a mail is from you. What is sent to it is still added to the ticket, but no command is carried out.',
    `To answer ticket ${ticket} or to send a command about it, reply to another letter about it, and to nobody else.`,
    ...(from === undefined
      ? []
      : ['If you did not forward that letter, tell the people who run this helpdesk.']),
  ]
}
