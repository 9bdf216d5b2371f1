import { mailbox } from '../../../../data/address.ts'
import type { Reader } from '../../../../data/store.ts'
import type { Followup, Letter } from '../../../../data/tables.ts'
import { userAt } from '../../../../handlers/user_at.ts'
import type { SignedIds } from '../../signed_ids.ts'

/** How many of the newest follow-ups are searched; each may be long. */
const MOST_LOOKED_AT = 20
/** How many of the newest letters of a ticket are searched: a queue may have many CC addresses. */
const MOST_LETTERS = 100

/**
 * What a letter about a ticket refers to (RFC 5322 3.6.4), the nearest last: the ticket, the last letter about it to the same recipient,
 * the mail that its follow-up came by, and the last mail of the recipient about it. Only staff get the ids of the mails of others, since
 * such an id often names its sender. The same at each attempt, whatever happens in between.
 */
export async function referencesOf(
  tx: Reader,
  signedIds: SignedIds,
  { letter, ticket, followup, isStaff }: Referring,
): Promise<string[]> {
  const last = await lastLetterTo(tx, letter, ticket)
  const answered = isStaff ? followup?.message_id : undefined
  const own = await lastMailOf(tx, ticket, letter)
  const found = [last && signedIds.messageId(last), answered, own].filter(id => typeof id === 'string')
  return [...new Set([signedIds.threadId(ticket), ...found])]
}

interface Referring {
  readonly letter: Letter
  readonly ticket: number
  readonly followup: Followup | undefined
  readonly isStaff: boolean
}

/** Not an answer to a command, which belongs to the conversation of the command. */
async function lastLetterTo(tx: Reader, { id, to }: Letter, ticket: number): Promise<Letter | undefined> {
  const page = { newest: true, after: id, limit: MOST_LETTERS } as const
  const before = await tx.find('letters', { ticket }, page)
  return before.find(one => one.answer === null && mailbox(one.to) === mailbox(to))
}

/**
 * The Message-ID of the last mail about the ticket that the recipient had sent when the letter was written, so that its mail program, or
 * the helpdesk that it belongs to, finds what the letter is about.
 */
async function lastMailOf(tx: Reader, ticket: number, { to, followup }: Letter): Promise<string | undefined> {
  const until = followup === null ? {} : { after: followup + 1 }
  const newest = await tx.find('followups', { ticket }, { newest: true, limit: MOST_LOOKED_AT, ...until })
  const user = await userAt(tx, to)
  const wrote = newest.find(({ author, message_id }) => {
    if (message_id === null) return false
    if (author.kind === 'user') return author.user === user?.id
    const isKnown = author.kind === 'submitter' && author.address !== null
    return isKnown && mailbox(author.address) === mailbox(to)
  })
  return wrote?.message_id ?? undefined
}
