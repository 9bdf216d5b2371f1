import type { Reader } from '../../../../data/store.ts'
import type { Followup, Letter, Queue, Ticket } from '../../../../data/tables.ts'
import { WITH_WORDS } from '../../../../handlers/letters/answer_audience.ts'
import { isSubmitter } from '../../../../handlers/letters/weight.ts'

/** In From, these would look like an address. NFKC makes them of other characters that look alike. */
const ADDRESS_LIKE = /[<>@]/

/** What a letter shows to its reader, as far as its header depends on it. */
export interface LetterView {
  readonly letter: Letter
  readonly ticket: Ticket
  readonly queue: Queue
  readonly followup: Followup | undefined
  /** Whether the letter quotes the follow-up. */
  readonly quotes: boolean
  readonly isStaff: boolean
}

/**
 * Whether a letter carries what a person wrote, so that no program must take it for automatic mail. An acknowledgement does not, although
 * it may show the text of the new ticket.
 */
export function carriesWords({ letter: { event, to }, ticket, followup, quotes }: LetterView): boolean {
  if (!followup || !quotes || followup.redacted || !WITH_WORDS.includes(event)) return false
  if (event === 'opened' && isSubmitter(ticket, to)) return false
  const { author, comment, attachments } = followup
  if (author.kind === 'daemon' || (author.kind === 'submitter' && author.automatic)) return false
  return comment !== '' || attachments.length > 0
}

/** The name in From: `Susan Calvin (Support)` for the words of a person, else the title of the queue. Never an address. */
export async function fromName(tx: Reader, shown: LetterView): Promise<string> {
  const { queue, followup, isStaff } = shown
  const name = followup && carriesWords(shown) ? await writerName(tx, followup, isStaff) : ''
  return name === '' || isAddressLike(name) ? queue.title : `${name} (${queue.title})`
}

/** Empty for those that nothing but an address names; only staff see the name of a submitter, but never one that claims to be a user. */
async function writerName(tx: Reader, { author }: Followup, isStaff: boolean): Promise<string> {
  if (author.kind === 'user') {
    const user = await tx.get('users', author.user)
    return user ? user.full_name || user.username : ''
  }
  if (author.kind !== 'submitter' || !isStaff || author.proven === false) return ''
  return author.name ?? ''
}

function isAddressLike(name: string): boolean {
  return ADDRESS_LIKE.test(name.normalize('NFKC'))
}
