import type { Reader } from '../../../../data/store.ts'
import type { StatusNotice } from '../../../../data/tables.ts'
import { shortened } from '../../../../handlers/tickets/listing.ts'
import { lastNewsOf } from '../../../../handlers/tickets/own_tickets.ts'
import type { LetterWords } from '../letters/letter_words.ts'
import { namedTickets } from './named_tickets.ts'
import type { NoticeText } from './notice_text.ts'

/** To a submitter who has asked: the tickets, one paragraph each, and nothing but what letters have told before. */
export async function statusText(
  tx: Reader,
  all: LetterWords,
  { tickets }: StatusNotice,
): Promise<NoticeText> {
  const named = await namedTickets(tx, tickets)
  const words = all.ofQueues(
    named.map(({ ticket, queue }) => ({ ...queue, locale: ticket.locale ?? queue.locale })),
  )
  const paragraphs: string[] = []
  for (const { ticket } of named) {
    const status = words.say(`status.${ticket.status}`)
    const line = words.say('several.news', { status, day: words.day(await lastNewsOf(tx, ticket)) })
    paragraphs.push(`#${ticket.id} ${shortened(ticket.title)}\n${words.capital(line)}`)
  }
  return { words, subject: 'Re: status', paragraphs }
}
