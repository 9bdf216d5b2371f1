import type { SendMailOptions } from 'nodemailer'
import type { Files, Reader } from '../../../data/store.ts'
import type { FileName, Letter, Notice, ProofName } from '../../../data/tables.ts'
import type { Hours } from '../../../handlers/escalation/hours.ts'
import type { Events } from '../../log/events.ts'
import type { SignedIds } from '../signed_ids.ts'
import { aboutLetter } from './about.ts'
import { answerContent } from './contents/answer_content.ts'
import type { LetterContent, Rendered } from './contents/content.ts'
import { digestContent, escalationsContent, summaryContent } from './contents/several_content.ts'
import { ticketContent } from './contents/ticket_content.ts'
import { ownHeaders } from './headers/headers.ts'
import type { LetterWords } from './letters/letter_words.ts'
import { noticeText } from './notices/notice.ts'
import { noticeBodies } from './notices/notice_text.ts'

/** What is needed to render letters. */
export interface LetterSite {
  readonly files: Files
  /** Those of its files that are gone: the letter names them, and does not carry them. */
  readonly gone: ReadonlySet<FileName>
  readonly signedIds: SignedIds
  /** The setting `mail.address`. */
  readonly mailAddress: string
  /** The zone of queues that have none of their own. */
  readonly hours: Hours
  /** The proofs by which a reply can be known as that of a user. */
  readonly proofs: readonly ProofName[]
  readonly words: LetterWords
  /** The setting `mail.attach_up_to`, in bytes. */
  readonly attachUpTo: number
  readonly events: Events
}

/**
 * Renders a letter for nodemailer from the current records. Undefined if what it is about no longer exists, or its recipient may not read it
 * any more. The envelope is always explicit, and each address in it was checked before: nodemailer would parse a string as a list of
 * addresses.
 */
export async function render(
  tx: Reader,
  site: LetterSite,
  letter: Letter,
): Promise<SendMailOptions | undefined> {
  const about = await aboutLetter(tx, site, letter)
  const content = await contentOf({ tx, site, letter, about })
  return content && { ...frameOf(site, letter), ...content }
}

function frameOf({ signedIds }: LetterSite, letter: Letter): SendMailOptions {
  const messageId = signedIds.messageId(letter)
  return {
    // Each attempt sends the same bytes; the mark in it keeps others from writing a boundary.
    baseBoundary: messageId.slice(1, messageId.indexOf('@')),
    disableFileAccess: true,
    disableUrlAccess: true,
    // Nobody answers the answer to a mail, but a report about any other letter must arrive.
    envelope: { from: letter.event === 'answered' ? '' : signedIds.returnPath(letter), to: [letter.to] },
  }
}

async function contentOf(rendered: Rendered): Promise<LetterContent | undefined> {
  const { letter, about } = rendered
  const { event, notice, answer } = letter
  if (notice) return noticeContent(rendered, notice)
  switch (event) {
    case 'answered':
    // Without a notice, these are letters of earlier versions.
    case 'unconfirmed':
    case 'cancelled':
    case 'held_back':
    case 'failing':
    case 'key_spent':
      return answerContent(rendered, answer!)
    case 'summary':
      return summaryContent(rendered)
    case 'escalations':
      return escalationsContent(rendered)
    case 'digest':
      return digestContent(rendered)
    default:
      return about && ticketContent(rendered, event, about)
  }
}

async function noticeContent({ tx, site, letter, about }: Rendered, notice: Notice): Promise<LetterContent> {
  const text = await noticeText(tx, site.words, notice)
  return { ...(await ownHeaders(tx, site, letter, about, text.subject)), ...noticeBodies(text) }
}
