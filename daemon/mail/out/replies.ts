import { mailbox } from '../../../data/address.ts'
import type { Reader } from '../../../data/store.ts'
import type { Author, Followup, Letter, ProofName, User } from '../../../data/tables.ts'
import { audienceOf } from '../../../handlers/letters/answer_audience.ts'
import { userAt } from '../../../handlers/user_at.ts'
import type { ReplyFacts } from './letters/reply_words.ts'

/** How many follow-ups of a ticket are searched for one that the user was told about. */
const MOST_LOOKED_AT = 1000

/** What a letter to staff says of replies. */
export interface Replies {
  readonly facts: ReplyFacts
  /** Whether the reader has tried to write to the submitter by mail, without proof, and was not told how to. */
  readonly isTold: boolean
}

export async function repliesTo(
  tx: Reader,
  proofs: readonly ProofName[],
  letter: Letter,
  followup: Followup | undefined,
  isUnreached: boolean,
): Promise<Replies> {
  const audience = await audienceOf(tx, letter)
  const user = await userAt(tx, letter.to)
  const facts = { proofs, audience, own: user?.addresses ?? [], isUnreached }
  return { facts, isTold: Boolean(user && followup && (await isFirstUnproven(tx, followup, user))) }
}

/** Whether it is the first private follow-up on its ticket by a person's mail that names the user without proof. */
async function isFirstUnproven(tx: Reader, followup: Followup, user: User): Promise<boolean> {
  const isTheirs = (one: Followup) => !one.public && !one.nothing_new && isNamed(one.author, user)
  if (!isTheirs(followup)) return false
  const all = await tx.find('followups', { ticket: followup.ticket }, { limit: MOST_LOOKED_AT })
  return all.find(isTheirs)?.id === followup.id
}

function isNamed(author: Author, { addresses }: User): boolean {
  if (author.kind !== 'submitter' || author.proven !== false || author.automatic) return false
  return author.address !== null && addresses.includes(mailbox(author.address))
}
