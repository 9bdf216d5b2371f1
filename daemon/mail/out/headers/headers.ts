// One thing: the header fields of a letter, and its subject and sender.
import type { SendMailOptions } from 'nodemailer'
import type { Reader } from '../../../../data/store.ts'
import type { Letter, Queue, Ticket } from '../../../../data/tables.ts'
import { LOOP_FIELD, type SignedIds } from '../../signed_ids.ts'
import { encodedText } from './encoded_words.ts'
import { carriesWords, fromName, type LetterView } from './from_name.ts'
import { referencesOf } from './references.ts'
import { threadIndex } from './thread_index.ts'
import { ticketSubject } from './ticket_subject.ts'

const HELPDESK = 'Helpdesk'
/**
 * What Exchange does not send back ([MS-OXCMAIL] 2.1.3.2.20); never NDR, since a letter that does not arrive is told to somebody. Who
 * writes to a person outside is told if that person is away.
 */
const NO_REPORTS = 'DR, RN, NRN, AutoReply'
const NO_ANSWERS = `${NO_REPORTS}, OOF`

/** What is needed to write headers. */
export interface HeaderSite {
  readonly signedIds: SignedIds
  /** The setting `mail.address`. */
  readonly mailAddress: string
}
/** A letter about a ticket, as far as its header depends on what it shows. */
export interface Headed extends Omit<LetterView, 'letter'> {
  /** The address by which the recipient, who only watches, leaves the ticket; empty or undefined if there is none. */
  readonly stop: string | undefined
}
/** What of a mail the header fields are. */
export type LetterHeaders = Pick<
  SendMailOptions,
  'messageId' | 'date' | 'from' | 'to' | 'replyTo' | 'subject' | 'references' | 'inReplyTo' | 'headers'
>

/** The header of a letter about a ticket, which belongs to the conversation of the ticket. */
export async function ticketHeaders(
  tx: Reader,
  site: HeaderSite,
  letter: Letter,
  about: Headed,
): Promise<LetterHeaders> {
  const { ticket, queue, stop, isStaff } = about
  const { signedIds, mailAddress } = site
  const shown = { ...about, letter }
  const references = await referencesOf(tx, signedIds, { ...shown, ticket: ticket.id })
  const answers = references.slice(1).at(-1)
  const isAutomatic = !carriesWords(shown)
  return {
    ...addressed(site, letter, queue),
    from: { name: safeName(await fromName(tx, shown)), address: queue.email_address ?? mailAddress },
    subject: await ticketSubject(tx, ticket, queue),
    references,
    ...(answers === undefined ? {} : { inReplyTo: answers }),
    headers: {
      ...(isAutomatic ? { 'Auto-Submitted': 'auto-generated' } : {}),
      'X-Auto-Response-Suppress': isAutomatic || isStaff ? NO_ANSWERS : NO_REPORTS,
      ...marks(site, letter, about),
      'Thread-Index': threadIndex(signedIds.threadId(ticket.id), ticket.created),
      ...(stop ? { 'List-Unsubscribe': `<mailto:${stop}>` } : {}),
    },
  }
}

/** The header of a letter from the helpdesk itself: an answer to a mail, which belongs to the conversation of that mail, or a notice. */
export async function ownHeaders(
  tx: Reader,
  site: HeaderSite,
  letter: Letter,
  about: Pick<Headed, 'ticket' | 'queue' | 'followup'> | undefined,
  subject: string,
): Promise<LetterHeaders> {
  const isAnswer = letter.event === 'answered'
  return {
    ...addressed(site, letter, about?.queue),
    ...(await askedReplyTo(tx, site, letter)),
    from: { name: HELPDESK, address: site.mailAddress },
    subject: encodedText(subject),
    ...answerReferences(site, letter, about?.ticket),
    headers: {
      'Auto-Submitted': isAnswer ? 'auto-replied' : 'auto-generated',
      'X-Auto-Response-Suppress': NO_ANSWERS,
      ...marks(site, letter, about),
    },
  }
}

function addressed({ signedIds }: HeaderSite, letter: Letter, queue: Queue | undefined): LetterHeaders {
  const key = letter.ticket === null ? undefined : signedIds.keyAddress(letter)
  return {
    messageId: signedIds.messageId(letter),
    date: new Date(letter.created),
    to: [{ name: '', address: letter.to }],
    ...(key === undefined ? {} : { replyTo: { name: safeName(queue?.title ?? HELPDESK), address: key } }),
  }
}

/** What tells us our own letters, and people's filters what a letter is about. */
function marks(
  { signedIds }: HeaderSite,
  { event }: Letter,
  about: Pick<Headed, 'ticket' | 'queue' | 'followup'> | undefined,
): Record<string, string> {
  return {
    [LOOP_FIELD]: signedIds.loop(1 + (about?.followup?.hops ?? 0)),
    ...(about ? { 'X-Helpdesk-Queue': about.queue.slug, 'X-Helpdesk-Ticket': `${about.ticket.id}` } : {}),
    'X-Helpdesk-Event': event,
  }
}

/** Where the yes to a letter goes that asks for one. */
async function askedReplyTo(
  tx: Reader,
  { signedIds }: HeaderSite,
  { id, event }: Letter,
): Promise<Pick<LetterHeaders, 'replyTo'>> {
  if (event !== 'unconfirmed' && event !== 'cancelled') return {}
  const [asks] = await tx.find('confirmations', { letter: id })
  const address = asks && signedIds.keyAddress({ id, ticket: null })
  return address === undefined ? {} : { replyTo: { name: HELPDESK, address } }
}

/** Not to the mail without proof that a letter asks about: its id is what its sender wrote. */
function answerReferences(
  { signedIds }: HeaderSite,
  { event, answer }: Letter,
  ticket: Ticket | undefined,
): Pick<LetterHeaders, 'references' | 'inReplyTo'> {
  if (event === 'unconfirmed' || event === 'cancelled') return {}
  const answers = answer?.message_id ?? undefined
  const references = [ticket && signedIds.threadId(ticket.id), answers].filter(id => id !== undefined)
  return {
    ...(references.length > 0 ? { references } : {}),
    ...(answers === undefined ? {} : { inReplyTo: answers }),
  }
}

/** Some readers decode even quoted strings. */
function safeName(name: string): string {
  return name.replaceAll('=?', '= ?')
}
