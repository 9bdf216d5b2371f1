// One thing: one letter, from its envelope to its text.
import type { SendMailOptions } from 'nodemailer'
import { mailbox } from '../../../data/address.ts'
import type { Files, Reader } from '../../../data/store.ts'
import type { Followup, Letter, ProofName, Ticket } from '../../../data/tables.ts'
import { nameOf, withoutName } from '../../../handlers/author_name.ts'
import { isOverdue } from '../../../handlers/escalation/due_date.ts'
import { type Hours, zoneOf } from '../../../handlers/escalation/hours.ts'
import { failingAt, failingWords } from '../../../handlers/letters/failing_addresses.ts'
import { unreachedBy } from '../../../handlers/letters/unreached.ts'
import { isOfStaff, isUnproven, maySeeSubmitter } from '../../../handlers/letters/weight.ts'
import { senderWords } from '../../../handlers/sender_words.ts'
import { knownOf } from '../../../handlers/tickets/submitter_history.ts'
import { isWatcher } from '../../../handlers/tickets/watchers.ts'
import { userAt } from '../../../handlers/user_at.ts'
import type { Events } from '../../log/events.ts'
import { LOOP_FIELD, type SignedIds } from '../signed_ids.ts'
import { sentFile, wholeText } from './attached.ts'
import { lastMailOf } from './last_mail.ts'
import { answerOf } from './letters/answer.ts'
import type { Unreached } from './letters/corrections.ts'
import { type About, eventWords, letterText, SUBMITTER, tagOf, together } from './letters/english.ts'
import { ESCALATIONS_SUBJECT, escalationsText } from './letters/escalations.ts'
import { SUMMARY_SUBJECT, type Summed, summaryOf } from './letters/summary.ts'
import { commandAddress, verbLinks } from './links.ts'
import { quoteOf } from './quote.ts'
import { replyTextsOf } from './replies.ts'

/** An encoded word has at most 75 characters (RFC 2047 2); 42 bytes make 56 in base64, which leaves room for the delimiters. */
const WORD_BYTES = 42
/** In characters. A longer title is cut in an acknowledgement of unproven mail, because its From may be forged. */
const LONGEST_BARE_TITLE = 80
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
  const about = await aboutOf(tx, site, letter)
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
    const { subject, message_id, attachment, sentences } = letter.answer!
    return {
      ...ours,
      // Nobody answers the answer to a command, but a report about any other letter must arrive.
      envelope: { from: event === 'answered' ? '' : signedIds.returnPath(letter), to: [letter.to] },
      subject: safeSubject(event === 'answered' ? `Re: ${subject}` : subject),
      text:
        event === 'answered'
          ? answerOf(letter.answer!, about, commandAddress(site, letter))
          : together(sentences),
      attachments: attachment ? [sentFile(files, attachment, events)] : [],
      ...threadFields(about, signedIds, message_id),
    }
  }
  const envelope = { from: signedIds.returnPath(letter), to: [letter.to] }
  if (event === 'summary') {
    const summed = await summedOf(tx, letter)
    const text = summaryOf(summed, letter)
    return summed.length > 0 ? { ...ours, envelope, subject: SUMMARY_SUBJECT, text } : undefined
  }
  if (event === 'escalations') {
    const all = await stepsOf(tx, site, letter)
    const text = escalationsText(all, letter)
    return all.length > 0 ? { ...ours, envelope, subject: ESCALATIONS_SUBJECT, text } : undefined
  }
  if (!about) return undefined
  const { ticket, queue, followup } = about
  return {
    ...frame,
    from: { name: safeName(queue.title), address: queue.email_address ?? mailAddress },
    envelope,
    subject: safeSubject(`${tagOf(ticket, queue)} ${ticket.title} ${eventWords[event]}`),
    text: letterText(event, about),
    attachments:
      about.quotes && followup && !quoteOf(followup).isWhole ? [wholeText(files, followup, events)] : [],
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

async function aboutOf(tx: Reader, site: LetterSite, letter: Letter): Promise<About | undefined> {
  const found = letter.ticket === null ? undefined : await tx.get('tickets', letter.ticket)
  const queue = found && (await tx.get('queues', found.queue))
  if (!found || !queue) return undefined
  const followup = letter.followup === null ? undefined : await tx.get('followups', letter.followup)
  const acknowledges = isAcknowledgement(letter, followup)
  const quotes = !acknowledges && !(await isOutsidersStep(tx, letter, found))
  const ticket = acknowledges ? withShortTitle(found) : found
  const owner = ticket.assigned_to === null ? undefined : await tx.get('users', ticket.assigned_to)
  const user = followup?.author.kind === 'user' ? await tx.get('users', followup.author.user) : undefined
  const showsSubmitter = await maySeeSubmitter(tx, found, letter.to)
  const isHidden = !showsSubmitter && followup?.author.kind === 'submitter'
  const isStaff = showsSubmitter && !isToSubmitter(found, letter.to)
  const shown = followup && (isStaff ? followup.author : withoutName(followup.author))
  const name = shown ? nameOf(shown, user && (user.full_name || user.username)) : ''
  const submitter = showsSubmitter ? (submitterWords(found, isStaff) ?? 'nobody') : undefined
  const author = isHidden ? SUBMITTER : name
  const known = letter.event === 'opened' ? await knownTo(tx, letter.to, found) : undefined
  const isOnlyWatcher = !showsSubmitter && isWatcher(found, letter.to)
  // The watchers of a duplicate now watch the other ticket.
  const watched = letter.event === 'duplicate' ? (found.duplicate_of ?? found.id) : found.id
  const stop = isOnlyWatcher ? (site.signedIds.stopAddress(watched, letter.to) ?? '') : undefined
  const watchers = isStaff ? (found.watchers ?? []) : []
  const unreached = await unreachedIn(tx, followup)
  const failing = isStaff ? await failingSubmitter(tx, found) : undefined
  const replies = isStaff
    ? await replyTextsOf(tx, site.proofs, letter, followup, failing !== undefined)
    : undefined
  const links =
    replies && letter.event !== 'answered' ? await verbLinks(tx, site, letter, found, replies.audience) : []
  const today = zoneOf(queue, site.hours).dayAt(Date.parse(letter.created))
  const overdue = isStaff && isOverdue(found, today)
  const shownTicket = { ticket, queue, owner: owner?.username, overdue, submitter, known, failing }
  return { ...shownTicket, followup, author, quotes, unreached, stop, watchers, replies, links }
}

/** The address that a letter did not reach, as a follow-up tells, and whether it gets no more. */
async function unreachedIn(tx: Reader, followup: Followup | undefined): Promise<Unreached | undefined> {
  const letter = followup && (await unreachedBy(tx, followup))
  return letter && { address: letter.to, isStopped: (await failingAt(tx, letter.to)) !== undefined }
}

async function failingSubmitter(tx: Reader, { submitter_email }: Ticket): Promise<string | undefined> {
  const failing = submitter_email === null ? undefined : await failingAt(tx, submitter_email)
  return failing && failingWords(failing)
}

/** What a letter to staff says of the submitter. Users learn of the queues that they see, others of the queue of the ticket alone. */
async function knownTo(tx: Reader, to: string, ticket: Ticket): Promise<string | undefined> {
  if (isToSubmitter(ticket, to)) return undefined
  const user = await userAt(tx, to)
  return knownOf(tx, ticket, user ? user.queues : [ticket.queue])
}

function isToSubmitter({ submitter_email }: Ticket, to: string): boolean {
  return submitter_email !== null && mailbox(submitter_email) === mailbox(to)
}

function submitterWords({ submitter_email: address, submitter_name: name }: Ticket, isStaff: boolean) {
  return isStaff ? senderWords({ address, name }) : address
}

/** Whether a letter acknowledges an unproven mail to the address in its From. */
function isAcknowledgement({ event, to }: Letter, followup: Followup | undefined): boolean {
  if (event !== 'opened' || followup?.author.kind !== 'submitter') return false
  const { address } = followup.author
  return isUnproven(followup.author) && address !== null && mailbox(address) === mailbox(to)
}

/** Whether a letter tells a submitter outside that the ticket has risen: the follow-up about it is private. */
async function isOutsidersStep(tx: Reader, { event, to }: Letter, ticket: Ticket): Promise<boolean> {
  const isOfStep = event === 'escalated' || event === 'escalations'
  return isOfStep && isToSubmitter(ticket, to) && !(await isOfStaff(tx, to))
}

function withShortTitle(ticket: Ticket): Ticket {
  const characters = [...ticket.title]
  if (characters.length <= LONGEST_BARE_TITLE) return ticket
  return { ...ticket, title: `${characters.slice(0, LONGEST_BARE_TITLE).join('').trimEnd()}…` }
}

/** What a letter about the steps of several tickets names, without the tickets that no longer exist. */
async function stepsOf(tx: Reader, site: LetterSite, letter: Letter): Promise<About[]> {
  const all: About[] = []
  for (const id of letter.followups ?? []) {
    const followup = await tx.get('followups', id)
    const about = followup && (await aboutOf(tx, site, { ...letter, ticket: followup.ticket, followup: id }))
    if (about) all.push(about)
  }
  return all
}

/** The tickets of a summary that still exist. */
async function summedOf(tx: Reader, { followups = [] }: Letter): Promise<Summed[]> {
  const summed = new Map<number, Summed>()
  for (const id of followups) {
    const followup = await tx.get('followups', id)
    const ticket = followup && (await tx.get('tickets', followup.ticket))
    const queue = ticket && (await tx.get('queues', ticket.queue))
    if (ticket && queue)
      summed.set(ticket.id, { ticket, queue, times: 1 + (summed.get(ticket.id)?.times ?? 0) })
  }
  return [...summed.values()]
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
