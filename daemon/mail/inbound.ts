// One thing: the way of a mail from its bytes to its commit, and what is looked up on it.
import { mailbox } from '../../data/address.ts'
import { Failure, isTemporary } from '../../data/failure.ts'
import type { Reader } from '../../data/store.ts'
import type { Queue } from '../../data/tables.ts'
import { type Command, needRoom, type Unreadable } from '../../handlers/call.ts'
import { known } from '../../handlers/once.ts'
import { events, logThrown } from '../events.ts'
import { commandsOf, receivedBy } from './act.ts'
import { automaticReason } from './automatic.ts'
import { type Gated, gate } from './gate.ts'
import { type Headers, valuesOf } from './headers.ts'
import { type Judgement, judge } from './judge.ts'
import { commit, type Incoming, isOurConcern } from './keep.ts'
import { LOOP_FIELD, type Marks } from './mark.ts'
import { prove } from './proof.ts'
import { type Received, readMail, saysMore } from './received.ts'
import { type Recipient, recipientOf } from './recipient.ts'
import { failureIn } from './report.ts'
import type { Site } from './site.ts'
import { type Thread, threadOf, threadOfLetter } from './thread.ts'

const MOST_HOPS = 50

/** `repeated`: every recipient has had this mail before, and nothing was done. */
export type Outcome = 'kept' | 'repeated' | 'dropped' | 'looping'

/**
 * Decides about a mail and does it, in one commit with the mail's record and the letter that answers it. When this resolves, all of
 * it is durable. A proven command that is refused is answered by a letter too. Throws Failure for the sender's server to hear:
 * `full` and `unavailable` to try again, `not_found` when the queue or the ticket that it is for has just gone.
 */
export async function receive(site: Site, incoming: Incoming): Promise<Outcome> {
  const { headers } = incoming.raw
  if (valuesOf(headers, 'received').length > MOST_HOPS) return 'looping'
  if (isOurOwn(headers, site.marks, incoming)) {
    events.mailDropped({ peer: incoming.peer, reason: 'it is one of our own letters' })
    return 'dropped'
  }
  const mail = await readMail(site, incoming.raw, incoming.sessionSecret)
  const judgement = await site.store.read(tx => look(tx, site, incoming, mail))
  if (!judgement) {
    events.mailDropped({ peer: incoming.peer, reason: 'it was received before' })
    return 'repeated'
  }
  const started = performance.now()
  const commands = await commandsOf(site.store.files, judgement, mail, site.config['mail.keep_repeats_days'])
  // Behind a 250 nothing may be lost that a person wrote.
  if (mail.unkept && (needRoom(commands) || saysMore(mail))) throw mail.unkept
  let done = commands.map(methodOf)
  try {
    await commit(site, incoming, mail, judgement, commands)
  } catch (error) {
    if (!(error instanceof Failure) || isTemporary(error) || !isOurConcern(judgement)) throw error
    for (const method of done) logThrown('mail', method, error, { peer: incoming.peer })
    done = []
  }
  const { verdict, reasons } = judgement
  const { peer, recipients } = incoming
  events.mailReceived(done, performance.now() - started, { verdict, reasons, peer, recipients })
  return 'kept'
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

async function look(
  tx: Reader,
  { config, marks }: Site,
  incoming: Incoming,
  mail: Received,
): Promise<Judgement | undefined> {
  const address = config['mail.address']
  const fresh = await freshRecipients(tx, mail, incoming, config['mail.keep_repeats_days'])
  if (fresh.length === 0) return undefined
  const recipients = await recipientsOf(tx, marks, address, fresh)
  const gated = gatedOf(mail, incoming)
  const ourselves = mail.from !== null && (await recipientOf(tx, marks, address, mail.from)) !== undefined
  const automatic = ourselves
    ? 'its sender is one of our own addresses'
    : automaticReason(mail.headers, incoming.envelopeFrom, mail.from)
  return judge({
    recipients,
    defaultQueue: await defaultQueue(tx, config['mail.queue']),
    subject: mail.subject,
    automatic,
    failure: incoming.envelopeFrom === '' ? failureIn(mail) : undefined,
    gated,
    user:
      'from' in gated
        ? await prove(tx, config['commands.proofs'], gated.from, incoming.sessionUser)
        : undefined,
    thread: (await threadOf(tx, mail.subject, mail.from)) ?? (await threadByReturn(tx, incoming, recipients)),
  })
}

/** Those who have not had the same mail before. */
async function freshRecipients(
  tx: Reader,
  mail: Received,
  { recipients, sessionUser }: Incoming,
  keepDays: number,
): Promise<string[]> {
  const now = new Date().toISOString()
  const fresh: string[] = []
  for (const address of recipients) {
    const first = await known(tx, receivedBy(mail, address, sessionUser, keepDays), now)
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
