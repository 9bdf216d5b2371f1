import { mailbox } from '../../../data/address.ts'
import type { Reader } from '../../../data/store.ts'
import { userAt } from '../../../handlers/user_at.ts'

/** How many of the newest follow-ups are searched; each may be long. */
const MOST_LOOKED_AT = 20

/**
 * The Message-ID of the last mail about a ticket that an address has sent. Letters to it refer to that mail, so that its mail program, or
 * the helpdesk that it belongs to, finds what they are about.
 */
export async function lastMailOf(tx: Reader, ticket: number, address: string): Promise<string | null> {
  const newest = await tx.find('followups', { ticket }, { newest: true, limit: MOST_LOOKED_AT })
  const user = await userAt(tx, address)
  const wrote = newest.find(({ author, message_id }) => {
    if (message_id === null) return false
    if (author.kind === 'user') return author.user === user?.id
    const isKnown = author.kind === 'submitter' && author.address !== null
    return isKnown && mailbox(author.address) === mailbox(address)
  })
  return wrote?.message_id ?? null
}
