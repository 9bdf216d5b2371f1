// One thing: one letter, from its envelope to its text.
import type { SendMailOptions } from 'nodemailer'
import type { Files, Reader } from '../../../data/store.ts'
import type { FileName, Letter, ProofName } from '../../../data/tables.ts'
import { dateOf } from '../../../handlers/escalation/day.ts'
import type { Hours } from '../../../handlers/escalation/hours.ts'
import { Zone } from '../../../handlers/escalation/zone.ts'
import type { Events } from '../../log/events.ts'
import type { SignedIds } from '../signed_ids.ts'
import { aboutLetter } from './about.ts'
import { attachmentsOfLetter, sentFile } from './attached.ts'
import { digestedIn } from './digested.ts'
import { ownHeaders, ticketHeaders } from './headers/headers.ts'
import { bodies, sentencesOf, wordsOf } from './html/bodies.ts'
import { answerOf } from './letters/answer.ts'
import { digestText } from './letters/digest.ts'
import { escalationsText } from './letters/escalations.ts'
import { notAttached } from './letters/file_lines.ts'
import type { LetterWords } from './letters/letter_words.ts'
import { summaryOf } from './letters/summary.ts'
import { letterText } from './letters/ticket_letter.ts'
import { together } from './letters/together.ts'
import { commandAddress } from './links.ts'
import { noticeText } from './notices/notice.ts'
import { noticeBodies } from './notices/notice_text.ts'
import { stepsOf, summedOf } from './several.ts'

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
 * Renders a letter for nodemailer from the current records. Undefined if its ticket no longer exists, or its recipient may
 * not read it any more. The envelope is always explicit,
 * and each address in it was checked before: nodemailer would parse a string as a list of addresses.
 */
export async function render(
  tx: Reader,
  site: LetterSite,
  letter: Letter,
): Promise<SendMailOptions | undefined> {
  const { files, signedIds, events } = site
  const { event } = letter
  const about = await aboutLetter(tx, site, letter)
  const words = about?.words ?? site.words.usual()
  const messageId = signedIds.messageId(letter)
  const frame = {
    // Each attempt sends the same bytes; the mark in it keeps others from writing a boundary.
    baseBoundary: messageId.slice(1, messageId.indexOf('@')),
    newline: 'windows',
    disableFileAccess: true,
    disableUrlAccess: true,
  }
  const envelope = { from: signedIds.returnPath(letter), to: [letter.to] }
  const own = async (subject: string) => ({
    ...frame,
    ...(await ownHeaders(tx, site, letter, about, subject)),
    envelope,
  })
  if (letter.notice) {
    const text = await noticeText(tx, site.words, letter.notice)
    // Nobody answers the answer to a mail, but a report about any other letter must arrive.
    const from = event === 'answered' ? '' : envelope.from
    return { ...(await own(text.subject)), envelope: { ...envelope, from }, ...noticeBodies(text) }
  }
  // Letters of earlier versions have their sentences in them.
  if (event === 'unconfirmed' || event === 'cancelled')
    return {
      ...(await own(letter.answer!.subject)),
      ...bodies(words, `${letter.answer!.sentences.join('\n\n')}\n`, sentencesOf(letter)),
    }
  if (event === 'answered' || event === 'held_back' || event === 'failing' || event === 'key_spent') {
    const { subject, attachment, sentences } = letter.answer!
    const isGone = attachment !== undefined && site.gone.has(attachment.file)
    const missing = isGone ? [notAttached(words, attachment)] : []
    return {
      ...(await own(event === 'answered' ? `Re: ${subject}` : subject)),
      // Nobody answers the answer to a command, but a report about any other letter must arrive.
      envelope: event === 'answered' ? { ...envelope, from: '' } : envelope,
      ...bodies(
        words,
        event === 'answered'
          ? answerOf(
              words,
              { ...letter.answer!, sentences: [...sentences, ...missing] },
              about,
              commandAddress(site, letter),
            )
          : together(sentences),
        sentencesOf(letter),
      ),
      attachments:
        attachment && !isGone ? [sentFile(files, attachment, words.say('text.unreadable'), events)] : [],
    }
  }
  if (event === 'summary') {
    const summed = await summedOf(tx, letter)
    if (summed.length === 0) return undefined
    const told = site.words.ofQueues(summed.map(({ queue }) => queue))
    const text = summaryOf(told, summed, letter)
    return { ...(await own(told.say('several.summary_subject'))), ...bodies(told, text, []) }
  }
  if (event === 'escalations') {
    const all = await stepsOf(tx, site, letter)
    const [first] = all
    if (!first) return undefined
    const text = escalationsText(first.words, all, letter)
    return {
      ...(await own(first.words.say('several.escalations_subject'))),
      ...bodies(first.words, text, []),
    }
  }
  if (event === 'digest') {
    const lists = await digestedIn(tx, site, letter)
    if (lists.length === 0) return undefined
    const day = dateOf(new Zone(site.hours.time_zone).dayAt(Date.parse(letter.created)))
    const told = site.words.ofQueues(lists.flatMap(({ tickets }) => tickets.map(({ queue }) => queue)))
    const subject = told.say('digest.subject', { day: told.day(day) })
    return { ...(await own(subject)), ...bodies(told, digestText(told, lists), []) }
  }
  if (!about) return undefined
  return {
    ...frame,
    ...(await ticketHeaders(tx, site, letter, { ...about, isStaff: about.role === 'staff' })),
    envelope,
    ...bodies(words, letterText(event, about), wordsOf(about)),
    attachments: attachmentsOfLetter(files, about, events),
  }
}
