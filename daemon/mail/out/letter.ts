// One thing: one letter, from its envelope to its text.
import type { SendMailOptions } from 'nodemailer'
import type { Files, Reader } from '../../../data/store.ts'
import type { Letter, ProofName } from '../../../data/tables.ts'
import type { Hours } from '../../../handlers/escalation/hours.ts'
import type { Events } from '../../log/events.ts'
import { LOOP_FIELD, type SignedIds } from '../signed_ids.ts'
import { type About, aboutLetter } from './about.ts'
import { sentFile, wholeText } from './attached.ts'
import { lastMailOf } from './last_mail.ts'
import { answerOf } from './letters/answer.ts'
import { escalationsText } from './letters/escalations.ts'
import type { LetterWords } from './letters/letter_words.ts'
import { summaryOf } from './letters/summary.ts'
import { tagOf } from './letters/tag.ts'
import { letterText } from './letters/ticket_letter.ts'
import { commandAddress } from './links.ts'
import { quoteOf } from './quote.ts'
import { stepsOf, summedOf } from './several.ts'

/** An encoded word has at most 75 characters (RFC 2047 2); 42 bytes make 56 in base64, which leaves room for the delimiters. */
const WORD_BYTES = 42
const HELPDESK = 'Helpdesk'
const UNSAFE = /=\?|\S{60}|\s\s/

/** What is needed to render letters. */
export interface LetterSite {
  readonly files: Files
  readonly signedIds: SignedIds
  /** The setting `mail.address`. */
  readonly mailAddress: string
  /** The zone of queues that have none of their own. */
  readonly hours: Hours
  /** The proofs by which a reply can be known as that of a user. */
  readonly proofs: readonly ProofName[]
  readonly words: LetterWords
  readonly events: Events
}

/**
 * Renders a letter for nodemailer from the current records. Undefined if its ticket no longer exists. The envelope is always explicit,
 * and each address in it was checked before: nodemailer would parse a string as a list of addresses.
 */
export async function render(
  tx: Reader,
  site: LetterSite,
  letter: Letter,
): Promise<SendMailOptions | undefined> {
  const { files, signedIds, mailAddress, events } = site
  const { event } = letter
  const about = await aboutLetter(tx, site, letter)
  const words = about?.words ?? site.words.usual()
  const unreadable = words.say('text.unreadable')
  const frame = {
    messageId: signedIds.messageId(letter),
    to: [{ name: '', address: letter.to }],
    ...replyTo(signedIds, letter, about?.queue.title),
    headers: {
      'Auto-Submitted': event === 'answered' ? 'auto-replied' : 'auto-generated',
      'X-Auto-Response-Suppress': 'All',
      [LOOP_FIELD]: signedIds.loop(1 + (about?.followup?.hops ?? 0)),
    },
    date: new Date(letter.created),
    newline: 'windows',
    disableFileAccess: true,
    disableUrlAccess: true,
  }
  const ours = { ...frame, from: { name: HELPDESK, address: mailAddress } }
  if (event === 'unconfirmed' || event === 'cancelled')
    return {
      ...ours,
      ...(await askedReplyTo(tx, signedIds, letter)),
      envelope: { from: signedIds.returnPath(letter), to: [letter.to] },
      subject: safeSubject(letter.answer!.subject),
      text: `${letter.answer!.sentences.join('\n\n')}\n`,
    }
  if (event === 'answered' || event === 'held_back' || event === 'failing' || event === 'key_spent') {
    const { subject, message_id, attachment } = letter.answer!
    return {
      ...ours,
      // Nobody answers the answer to a command, but a report about any other letter must arrive.
      envelope: { from: event === 'answered' ? '' : signedIds.returnPath(letter), to: [letter.to] },
      subject: safeSubject(event === 'answered' ? `Re: ${subject}` : subject),
      text: answerOf(words, letter.answer!, about, commandAddress(site, letter)),
      attachments: attachment ? [sentFile(files, attachment, unreadable, events)] : [],
      ...threadFields(about, signedIds, message_id),
    }
  }
  const envelope = { from: signedIds.returnPath(letter), to: [letter.to] }
  if (event === 'summary') {
    const summed = await summedOf(tx, letter)
    if (summed.length === 0) return undefined
    return {
      ...ours,
      envelope,
      subject: safeSubject(words.say('several.summary_subject')),
      text: summaryOf(words, summed, letter),
    }
  }
  if (event === 'escalations') {
    const all = await stepsOf(tx, site, letter)
    const [first] = all
    if (!first) return undefined
    return {
      ...ours,
      envelope,
      subject: safeSubject(first.words.say('several.escalations_subject')),
      text: escalationsText(first.words, all, letter),
    }
  }
  if (!about) return undefined
  const { ticket, queue, followup } = about
  return {
    ...frame,
    from: { name: safeName(queue.title), address: queue.email_address ?? mailAddress },
    envelope,
    subject: safeSubject(`${tagOf(ticket, queue)} ${ticket.title}`),
    text: letterText(event, about),
    attachments:
      about.quotes && followup && !quoteOf(followup).isWhole
        ? [wholeText(files, followup, unreadable, events)]
        : [],
    ...threadFields(about, signedIds, await answeredBy(tx, letter, about)),
  }
}

/** The Message-ID that a letter refers to. That of a mail often names its sender, so a watcher does not get it. */
async function answeredBy(
  tx: Reader,
  { to }: Letter,
  { ticket, followup, stop }: About,
): Promise<string | null> {
  const shown = stop === undefined ? followup?.message_id : undefined
  return shown ?? lastMailOf(tx, ticket.id, to)
}

/** Where the answer to a letter about a ticket goes: an address that ties it to the ticket, if there is one. */
function replyTo(
  signedIds: SignedIds,
  letter: Letter,
  queueTitle: string | undefined,
): Pick<SendMailOptions, 'replyTo'> {
  const address = letter.ticket === null ? undefined : signedIds.keyAddress(letter)
  return address === undefined ? {} : { replyTo: { name: safeName(queueTitle ?? HELPDESK), address } }
}

/** Where the yes to a letter goes that asks for one. */
async function askedReplyTo(
  tx: Reader,
  signedIds: SignedIds,
  letter: Letter,
): Promise<Pick<SendMailOptions, 'replyTo'>> {
  const [asks] = await tx.find('confirmations', { letter: letter.id })
  const address = asks && signedIds.keyAddress({ id: letter.id, ticket: null })
  return address === undefined ? {} : { replyTo: { name: HELPDESK, address } }
}

function threadFields(
  about: About | undefined,
  signedIds: SignedIds,
  answers: string | null,
): Partial<SendMailOptions> {
  const references = [...(about ? [signedIds.threadId(about.ticket.id)] : []), ...(answers ? [answers] : [])]
  return { ...(references.length ? { references } : {}), ...(answers ? { inReplyTo: answers } : {}) }
}

/**
 * A subject that is safe in a header. It is encoded if it contains something that a reader would decode as an encoded word (even to
 * line ends), a word that is too long to fold, or several blanks in a row, which folding would reduce to one.
 */
function safeSubject(subject: string): string {
  if (!UNSAFE.test(subject)) return subject
  const words: string[] = []
  let word = ''
  for (const character of subject) {
    if (Buffer.byteLength(word + character) > WORD_BYTES) {
      words.push(word)
      word = ''
    }
    word += character
  }
  return [...words, word].map(text => `=?UTF-8?B?${Buffer.from(text).toString('base64')}?=`).join(' ')
}

function safeName(name: string): string {
  return name.replaceAll('=?', '= ?')
}
