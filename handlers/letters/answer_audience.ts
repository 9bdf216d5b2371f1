// One thing: who gets what an agent answers to a letter. The letter says it, and the answer obeys it.
import { mailbox } from '../../data/address.ts'
import type { Reader } from '../../data/store.ts'
import type { Event, Followup, Letter, Ticket } from '../../data/tables.ts'
import { userAt } from '../user_at.ts'
import { sees } from '../visible.ts'
import { isOfStaff, isSubmitter } from './weight.ts'

/** The letters that carry what a person has written or decided. */
export const WITH_WORDS: readonly Event[] = ['opened', 'followed_up', 'resolved', 'reopened', 'closed']
/** How many follow-ups after that of the letter are searched for another submitter. */
const MOST_LOOKED_AT = 1000

/** The submitter and the watchers of `ticket`; or staff alone, with a clause if the letter may have said otherwise when it was sent. */
export type Audience =
  | { readonly is: 'public'; readonly ticket: Ticket }
  | { readonly is: 'private'; readonly since?: string }

const PRIVATE: Audience = { is: 'private' }

/** Who gets the answer to a letter now, if it is proven to come from an agent. */
export async function audienceOf(tx: Reader, letter: Letter): Promise<Audience> {
  const { event, to, followup: number } = letter
  const followup = number === null ? undefined : await tx.get('followups', number)
  const ticket = followup && (await tx.get('tickets', followup.ticket))
  if (!ticket || !followup.public || !WITH_WORDS.includes(event)) return PRIVATE
  const user = await userAt(tx, to)
  // Only letters to users say that answers are public.
  if (!user && (await isOfStaff(tx, to))) return PRIVATE
  const since = !user
    ? `it answers a letter to ${to}, who is no agent`
    : sees(user, ticket.queue)
      ? await changed(tx, ticket, followup)
      : `the ticket is in a queue now that ${user.username} does not see`
  if (since !== undefined) return { is: 'private', since }
  return isSubmitter(ticket, to) ? PRIVATE : { is: 'public', ticket }
}

/** Why the answer would reach others than those whose words the letter carries: a clause. */
async function changed(tx: Reader, ticket: Ticket, followup: Followup): Promise<string | undefined> {
  const { id, duplicate_of, submitter_email } = ticket
  if (duplicate_of !== undefined) return `ticket ${id} is a duplicate of ticket ${duplicate_of} now`
  const later = await tx.find('followups', { ticket: id }, { after: followup.id, limit: MOST_LOOKED_AT })
  if (later.length === MOST_LOOKED_AT) return 'the letter that it answers is too old'
  const first = later.flatMap(({ changes }) => changes).find(({ field }) => field === 'submitter_email')
  return first && boxOf(first.from) !== boxOf(submitter_email)
    ? `the submitter of ticket ${id} has changed since the letter that it answers`
    : undefined
}

function boxOf(address: unknown): string | undefined {
  return typeof address === 'string' ? mailbox(address) : undefined
}
