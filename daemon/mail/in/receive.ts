// One thing: the way of a mail from its bytes to its commit, and what is looked up on it.
import { mailbox } from '../../../data/address.ts'
import { Failure, isTemporary } from '../../../data/failure.ts'
import type { Reader } from '../../../data/store.ts'
import type { Queue } from '../../../data/tables.ts'
import { type Command, needRoom, type Unreadable } from '../../../handlers/call.ts'
import { known } from '../../../handlers/idempotency.ts'
import { userAt } from '../../../handlers/user_at.ts'
import { hopsIn, LOOP_FIELD } from '../loop_field.ts'
import type { Marks } from '../signed_ids.ts'
import type { MailSite, Site } from '../site.ts'
import { automaticReason } from './automatic.ts'
import { type Headers, valuesOf } from './headers.ts'
import { type Facts, type Judgement, judge } from './judge.ts'
import { prefixed } from './kept_words.ts'
import { notKeptLine } from './left_out.ts'
import { commandsOf, receivedBy, reportOf } from './mail_commands.ts'
import { type Gated, gate } from './proofs/header_gate.ts'
import { prove } from './proofs/proof.ts'
import { type Received, readMail, saysMore } from './received.ts'
import { commit, type Incoming, isOurConcern, type Kept, sourceOf } from './record_mail.ts'
import { failureIn } from './report.ts'
import { type Recipient, recipientOf } from './smtp/recipient.ts'
import { type Thread, threadOf, threadOfLetter } from './thread.ts'
import { ticketBytes, withAttachments, withinTicket } from './ticket_room.ts'

const MOST_HOPS = 50
/** A mail that so many letters of helpdesks led to is a loop of helpdesks. */
const MOST_HELPDESKS = 3

/**
 * `repeated`: every recipient has had this mail before, and nothing was done. `dropped`: it is one of our own letters. `answering`:
 * helpdesks answer each other.
 */
export type Outcome = 'kept' | 'repeated' | 'dropped' | 'answering' | 'looping'

/**
 * Decides about a mail and does it, in one commit with the mail's record and the letter that answers it. When this resolves, all of
 * it is durable. A proven command that is refused is answered by a letter too. Throws Failure for the sender's server to hear:
 * `full` and `unavailable` to try again, `not_found` when the queue or the ticket that it is for has just gone.
 */
export async function receive(site: MailSite, incoming: Incoming): Promise<Outcome> {
  const { headers } = incoming.raw
  if (valuesOf(headers, 'received').length > MOST_HOPS) return 'looping'
  if (isOurOwn(headers, site.marks, incoming)) return 'dropped'
  if (hopsIn(headers) >= MOST_HELPDESKS) return 'answering'
  const keepDays = site.config['mail.keep_repeats_days']
  // Nothing is written nor taken apart for a mail that comes again.
  const fresh = await site.store.read(tx => freshRecipients(tx, incoming, keepDays))
  const mail =
    fresh.length > 0
      ? await readMail(site, incoming.raw, sourceOf(incoming), incoming.sessionSecret)
      : undefined
  // Outside the transaction, which others wait for.
  const seen = mail && seenIn(mail, incoming)
  const judgement = seen && (await site.store.read(tx => look(tx, site, incoming, mail, seen)))
  if (!judgement) return 'repeated'
  await act(site, incoming, mail, judgement)
  return 'kept'
}

async function act(site: MailSite, incoming: Incoming, mail: Received, judgement: Judgement): Promise<void> {
  const started = performance.now()
  const { verdict, reasons } = judgement
  const { session, peer, recipients } = incoming
  const { methods, kept } = await actWithin(site, incoming, mail, judgement).catch(error => {
    // Other mails have filled the ticket in the meantime.
    if (!isFullTicket(error, incoming, mail)) throw error
    return actWithin(site, incoming, withAttachments(mail, []), judgement)
  })
  const ids = { session, ...kept?.ids, message_id: mail.messageId }
  site.events.mailReceived(methods, performance.now() - started, {
    verdict,
    reasons,
    peer,
    recipients,
    ...ids,
  })
}

interface Acted {
  /** The names of the methods that were called. */
  readonly methods: readonly string[]
  readonly kept?: Kept
}

/** Does it with the attachments that the ticket has room for. */
async function actWithin(
  site: MailSite,
  incoming: Incoming,
  mail: Received,
  judgement: Judgement,
): Promise<Acted> {
  const most = ticketBytes(site, incoming, judgement)
  const fitting = await withinTicket(site, incoming, judgement, mail, most)
  const told = await withNotKept(site, incoming, judgement, fitting)
  const commands = await commandsOf(site.holding, judgement, told, site.config['mail.keep_repeats_days'])
  // Behind a 250 nothing may be lost that a person wrote.
  if (mail.unkept && (needRoom(commands) || saysMore(mail))) throw mail.unkept
  const methods = commands.map(methodOf)
  try {
    const kept = await commit(site, incoming, told, judgement, commands, most)
    for (const { cap, sentence } of kept.heldBack)
      site.events.letterHeldBack(cap, { sentence, peer: incoming.peer })
    return { methods, kept }
  } catch (error) {
    if (!(error instanceof Failure) || isTemporary(error) || !isOurConcern(judgement)) throw error
    for (const method of methods) site.events.thrown('mail', method, error, { peer: incoming.peer })
    return { methods: [] }
  }
}

function isFullTicket(error: unknown, { network }: Incoming, { attachments }: Received): boolean {
  const isTooLarge = error instanceof Failure && error.code === 'too_large'
  return isTooLarge && network !== undefined && attachments.length > 0
}

/** The same mail, with a line before its text that names what is not kept; a command has no place for that line. */
async function withNotKept(
  { holding, events }: MailSite,
  { peer, network }: Incoming,
  { act }: Judgement,
  mail: Received,
): Promise<Received> {
  const line = notKeptLine(mail.notKept)
  if (line === undefined || act.kind === 'command' || act.kind === 'report') return mail
  events.notKept({ peer, network, files: mail.notKept.files })
  return { ...mail, text: await prefixed(holding, `${line}\n\n`, mail.text) }
}

function methodOf(command: Command | Unreadable): string {
  return 'method' in command ? command.method : '(unknown)'
}

/** A letter of ours that came back by a loop; a report about one comes to its return path, and is none. */
function isOurOwn(headers: Headers, marks: Marks, { envelopeFrom, recipients }: Incoming): boolean {
  if (envelopeFrom === '' && recipients.some(address => marks.letterOf(address) !== undefined)) return false
  if (valuesOf(headers, LOOP_FIELD).some(value => marks.isOurLoop(value))) return true
  return valuesOf(headers, 'message-id').some(value => marks.isOurMessageId(value))
}

/** What the mail alone says. */
type Seen = Pick<Facts, 'gated' | 'automatic' | 'failure'>

function seenIn(mail: Received, incoming: Incoming): Seen {
  const { envelopeFrom } = incoming
  return {
    gated: gatedOf(mail, incoming),
    automatic: automaticReason(mail.headers, envelopeFrom, mail.from),
    failure: envelopeFrom === '' ? failureIn(mail) : undefined,
  }
}

async function look(
  tx: Reader,
  { config, marks }: Site,
  incoming: Incoming,
  mail: Received,
  { gated, automatic, failure }: Seen,
): Promise<Judgement | undefined> {
  const address = config['mail.address']
  const fresh = await freshRecipients(tx, incoming, config['mail.keep_repeats_days'])
  if (fresh.length === 0) return undefined
  const recipients = await recipientsOf(tx, marks, address, fresh)
  const ourselves = mail.from !== null && (await recipientOf(tx, marks, address, mail.from)) !== undefined
  const judgement = judge({
    recipients,
    defaultQueue: await defaultQueue(tx, config['mail.queue']),
    subject: mail.subject,
    automatic: ourselves ? 'its sender is one of our own addresses' : automatic,
    failure,
    gated,
    user:
      'from' in gated
        ? await prove(tx, config['commands.proofs'], gated.from, incoming.sessionUser)
        : undefined,
    named: mail.from === null ? undefined : await userAt(tx, mail.from),
    thread: (await threadOf(tx, mail.subject, mail.from)) ?? (await threadByReturn(tx, incoming, recipients)),
  })
  return (await isReported(tx, judgement, config['mail.keep_repeats_days'])) ? undefined : judgement
}

/** Whether it is a report on a letter that is known to have failed: one failure is all that a letter takes. */
async function isReported(tx: Reader, { act }: Judgement, keepDays: number): Promise<boolean> {
  if (act.kind !== 'report') return false
  const { number } = act.letter
  const letter = number === undefined ? undefined : await tx.get('letters', number)
  if (letter?.state === 'failed') return true
  return (await known(tx, reportOf(act.letter, keepDays), new Date().toISOString())) !== undefined
}

/** Those who have not had the same mail before. */
async function freshRecipients(
  tx: Reader,
  { raw, recipients, sessionUser }: Incoming,
  keepDays: number,
): Promise<string[]> {
  const now = new Date().toISOString()
  const fresh: string[] = []
  for (const address of recipients) {
    const first = await known(tx, receivedBy(raw, address, sessionUser, keepDays), now)
    if (!first) fresh.push(address)
  }
  return fresh
}

/** Throws Failure `not_found` when none of them is ours any more. */
async function recipientsOf(
  tx: Reader,
  marks: Marks,
  mailAddress: string,
  addresses: readonly string[],
): Promise<Recipient[]> {
  const found = await Promise.all(addresses.map(address => recipientOf(tx, marks, mailAddress, address)))
  const recipients = found.filter(recipient => recipient !== undefined)
  if (recipients.length === 0) throw new Failure('not_found', 'This address is not known here any more.')
  return recipients
}

/** The gate on the bytes, and the same From in what was parsed: else somebody would be shown another sender than we act for. */
function gatedOf({ headers, parsed, from }: Received, { sessionUser }: Incoming): Gated {
  if (!parsed) return { refused: 'the mail could not be taken apart' }
  const gated = gate(headers, { loggedIn: sessionUser !== null })
  if ('refused' in gated || (from !== null && mailbox(from) === mailbox(gated.from))) return gated
  return { refused: 'its From is not read alike by all' }
}

async function threadByReturn(
  tx: Reader,
  { envelopeFrom }: Incoming,
  recipients: readonly Recipient[],
): Promise<Thread | undefined> {
  const returned = recipients.find(recipient => recipient.kind === 'return')
  return returned && envelopeFrom === '' ? threadOfLetter(tx, returned.letter) : undefined
}

async function defaultQueue(tx: Reader, slug: string): Promise<Queue | undefined> {
  if (slug !== '') return (await tx.find('queues', { slug }))[0]
  const queues = await tx.find('queues', {}, { limit: 2 })
  return queues.length === 1 ? queues[0] : undefined
}
