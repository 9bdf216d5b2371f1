import { mailbox } from '../../../data/address.ts'
import type { Reader } from '../../../data/store.ts'
import type { Author, Followup, Letter, ProofName, User } from '../../../data/tables.ts'
import { type Audience, audienceOf } from '../../../handlers/letters/answer_audience.ts'
import { userAt } from '../../../handlers/user_at.ts'
import { publicHint, replyLine } from './letters/reply_words.ts'

/** How many follow-ups of a ticket are searched for one that the user was told about. */
const MOST_LOOKED_AT = 1000

/** What a letter to staff says of replies. */
export interface ReplyTexts {
  /** Where a reply to it goes. */
  readonly reply: string
  /** How to write to the submitter by mail; empty if the reader has not tried, or has been told. */
  readonly hint: string
  /** Who gets a reply to it. */
  readonly audience: Audience
}

export async function replyTextsOf(
  tx: Reader,
  proofs: readonly ProofName[],
  letter: Letter,
  followup: Followup | undefined,
  isFailing: boolean,
): Promise<ReplyTexts> {
  const audience = await audienceOf(tx, letter)
  const user = await userAt(tx, letter.to)
  const reply = replyLine({ proofs, audience, own: user?.addresses ?? [], isFailing })
  const isTold = user && followup && (await isFirstUnproven(tx, followup, user))
  return { reply, hint: isTold ? publicHint(proofs) : '', audience }
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
