import type { About } from '../about.ts'
import { attachmentsOfLetter } from '../attached.ts'
import { ticketHeaders } from '../headers/headers.ts'
import { bodies, wordsOf } from '../html/bodies.ts'
import { letterText, type TicketLetter } from '../letters/ticket_letter.ts'
import type { LetterContent, Rendered } from './content.ts'

/** The content of a letter about one ticket. */
export async function ticketContent(
  { tx, site, letter }: Rendered,
  event: TicketLetter,
  about: About,
): Promise<LetterContent> {
  return {
    ...(await ticketHeaders(tx, site, letter, { ...about, isStaff: about.role === 'staff' })),
    ...bodies(about.words, letterText(event, about), wordsOf(about)),
    attachments: attachmentsOfLetter(site.files, about, site.events),
  }
}
