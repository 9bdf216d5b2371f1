import type { Reader } from '../../../../data/store.ts'
import type { Notice } from '../../../../data/tables.ts'
import type { LetterWords } from '../letters/letter_words.ts'
import { askingText, refusingText } from './asking.ts'
import { doubtText, noYesText } from './doubt.ts'
import { failingText } from './failing.ts'
import { heldBackText } from './held_back.ts'
import { keyText } from './key.ts'
import { namedTickets } from './named_tickets.ts'
import type { NoticeText } from './notice_text.ts'
import { statusText } from './status.ts'

/**
 * What a notice says, from its facts and the current records. A notice to a user about tickets is in the language of their queues, if they
 * have the same one; any other in that of the site.
 */
export async function noticeText(tx: Reader, all: LetterWords, notice: Notice): Promise<NoticeText> {
  switch (notice.is) {
    case 'asking': {
      const tickets = await namedTickets(tx, notice.tickets)
      return askingText(all.ofQueues(tickets.map(({ queue }) => queue)), notice, tickets)
    }
    case 'refusing':
      return refusingText(all.usual(), notice)
    case 'doubt':
      return doubtText(tx, all.usual(), notice)
    case 'no_yes': {
      const tickets = await namedTickets(tx, notice.tickets)
      return noYesText(all.ofQueues(tickets.map(({ queue }) => queue)), notice)
    }
    case 'held_back':
      return heldBackText(all.usual(), notice)
    case 'failing':
      return failingText(tx, all, notice)
    case 'status':
      return statusText(tx, all, notice)
    case 'key': {
      const tickets = await namedTickets(tx, [notice.ticket])
      return keyText(all.ofQueues(tickets.map(({ queue }) => queue)), notice)
    }
  }
}
