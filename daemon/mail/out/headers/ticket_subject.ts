import type { Reader } from '../../../../data/store.ts'
import type { Queue, Ticket } from '../../../../data/tables.ts'
import { isUnproven } from '../../../../handlers/letters/weight.ts'
import { encodedText } from './encoded_words.ts'

/** In characters. A longer title of an unproven mail is cut, because its From may be forged, and we would carry its words. */
const LONGEST_UNPROVEN_TITLE = 80

/**
 * The subject of all letters about a ticket: its tag and title as they were when it was opened, since Gmail begins a new conversation when
 * the subject changes. For a header field.
 */
export async function ticketSubject(tx: Reader, ticket: Ticket, queue: Queue): Promise<string> {
  const title = ticket.opened_title ?? ticket.title
  const short = shortTitle(title)
  const shown = short !== title && (await isOpenedUnproven(tx, ticket)) ? short : title
  return `[${ticket.opened_in ?? queue.slug}-${ticket.id}] ${encodedText(shown)}`
}

/** A title as letters show it that an unproven mail may cause to a stranger. */
export function shortTitle(title: string): string {
  const characters = [...title]
  if (characters.length <= LONGEST_UNPROVEN_TITLE) return title
  return `${characters.slice(0, LONGEST_UNPROVEN_TITLE).join('').trimEnd()}…`
}

async function isOpenedUnproven(tx: Reader, { id }: Ticket): Promise<boolean> {
  const [first] = await tx.find('followups', { ticket: id }, { limit: 1 })
  return first !== undefined && isUnproven(first.author)
}
