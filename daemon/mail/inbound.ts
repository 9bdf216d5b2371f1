import { Failure, isTemporary } from '../../data/failure.ts'
import type { Reader, Tx } from '../../data/store.ts'
import type { Instant, Mail, Queue } from '../../data/tables.ts'
import { type Answer, call } from '../../handlers/call.ts'
import { known, remember } from '../../handlers/once.ts'
import { oneLine } from '../../handlers/params.ts'
import { events, logThrown } from '../events.ts'
import { authorOf, commandsOf, KNOWN_MILLISECONDS } from './act.ts'
import { automaticReason } from './automatic.ts'
import { type Gated, gate } from './gate.ts'
import { type Headers, readHeaders, valuesOf } from './headers.ts'
import { type Judgement, judge } from './judge.ts'
import { LOOP_FIELD, type Marks } from './mark.ts'
import { prove } from './proof.ts'
import { type Received, readMail } from './received.ts'
import { recipientOf } from './recipient.ts'
import type { Site } from './site.ts'
import { threadOf } from './thread.ts'

const MOST_HOPS = 50
const LONGEST_SUBJECT_KEPT = 1000

/** A mail as the session handed it over. */
export interface Incoming {
  readonly raw: Buffer
  readonly envelopeFrom: string
  /** Addresses that are ours, as RCPT TO named them. */
  readonly recipients: readonly string[]
  readonly peer: string
  /** The user that the session logged in as. */
  readonly sessionUser: number | null
}
export type Outcome = 'kept' | 'dropped' | 'looping'

/**
 * Decides about a mail and does it, in one commit with the mail's record and the letter that answers it. When this resolves, all of
 * it is durable. A proven command that is refused is answered by a letter too; what is thrown is for the sender to try again, or a bug.
 */
export async function receive(site: Site, incoming: Incoming): Promise<Outcome> {
  const headers = readHeaders(incoming.raw)
  if (valuesOf(headers, 'received').length > MOST_HOPS) return 'looping'
  if (isOurOwn(headers, site.marks, incoming)) {
    events.mailDropped({ peer: incoming.peer, reason: 'it is one of our own letters' })
    return 'dropped'
  }
  const mail = await readMail(site.store.files, site.parser, incoming.raw)
  const { judgement, automatic } = await site.store.read(tx => look(tx, site, incoming, mail))
  const started = performance.now()
  try {
    await commit(site, incoming, mail, judgement, automatic)
  } catch (error) {
    if (!(error instanceof Failure) || isTemporary(error) || judgement.act.kind !== 'command') throw error
    logThrown('mail', judgement.act.said.method.name, error, incoming.peer)
  }
  const { verdict, reasons } = judgement
  const milliseconds = Math.round(performance.now() - started)
  events.mailReceived({
    verdict,
    reasons,
    peer: incoming.peer,
    recipients: incoming.recipients,
    milliseconds,
  })
  return 'kept'
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
): Promise<{ judgement: Judgement; automatic: boolean }> {
  const address = config['mail.address']
  const found = await Promise.all(
    incoming.recipients.map(recipient => recipientOf(tx, marks, address, recipient)),
  )
  const gated: Gated = mail.parsed
    ? gate(mail.headers, { loggedIn: incoming.sessionUser !== null })
    : { refused: 'the mail could not be taken apart' }
  const ourselves = mail.from !== null && (await recipientOf(tx, marks, address, mail.from)) !== undefined
  const automatic = ourselves
    ? 'its sender is one of our own addresses'
    : automaticReason(mail.headers, incoming.envelopeFrom, mail.from)
  const judgement = judge({
    recipients: found.filter(recipient => recipient !== undefined),
    defaultQueue: await defaultQueue(tx, config['mail.queue']),
    subject: mail.subject,
    automatic,
    nullReturnPath: incoming.envelopeFrom === '',
    gated,
    user:
      'from' in gated
        ? await prove(tx, config['commands.proofs'], gated.from, incoming.sessionUser)
        : undefined,
    thread: await threadOf(tx, mail.subject, mail.from),
  })
  return { judgement, automatic: automatic !== undefined }
}

async function defaultQueue(tx: Reader, slug: string): Promise<Queue | undefined> {
  if (slug !== '') return (await tx.find('queues', { slug }))[0]
  const queues = await tx.find('queues', {}, { limit: 2 })
  return queues.length === 1 ? queues[0] : undefined
}

async function commit(
  site: Site,
  incoming: Incoming,
  mail: Received,
  judgement: Judgement,
  automatic: boolean,
): Promise<void> {
  const { act } = judgement
  const now = new Date().toISOString()
  const also = async (tx: Tx, outcome: readonly Answer[] | Failure) => {
    await tx.add('mails', recordOf(site, incoming, mail, judgement, outcome, now))
    if (act.kind === 'command' || act.kind === 'miss') await addAnswer(tx, mail, act.to, outcome, now)
  }
  if (act.kind === 'miss') {
    const once = { key: `mail ${mail.fingerprint} miss`, milliseconds: KNOWN_MILLISECONDS }
    await site.store.transact(async tx => {
      if (await known(tx, once, now)) return
      await remember(tx, once, now, act.failure)
      await also(tx, act.failure)
    })
    return
  }
  const actor = authorOf(act, mail, automatic)
  await call(site.store, commandsOf(act, mail, automatic), {
    actor,
    door: 'mail',
    now,
    messageId: mail.messageId,
    also,
  })
}

function recordOf(
  { config }: Site,
  incoming: Incoming,
  mail: Received,
  { verdict, reasons, act }: Judgement,
  outcome: readonly Answer[] | Failure,
  received: Instant,
): Omit<Mail, 'id'> {
  return {
    received,
    peer: incoming.peer,
    envelope_from: incoming.envelopeFrom,
    recipients: incoming.recipients,
    from: mail.from,
    subject: oneLine(mail.subject).slice(0, LONGEST_SUBJECT_KEPT),
    message_id: mail.messageId,
    verdict,
    reasons: outcome instanceof Failure ? [...reasons, outcome.message] : reasons,
    user: 'user' in act ? act.user.id : null,
    tickets: outcome instanceof Failure ? [] : outcome.flatMap(({ tickets }) => tickets),
    raw: config['mail.keep_raw_days'] > 0 ? mail.raw : null,
  }
}

async function addAnswer(
  tx: Tx,
  mail: Received,
  to: string,
  outcome: readonly Answer[] | Failure,
  now: Instant,
): Promise<void> {
  const answers = outcome instanceof Failure ? [] : outcome
  await tx.add('letters', {
    event: 'answered',
    to,
    ticket: answers.flatMap(({ tickets }) => tickets)[0] ?? null,
    followup: null,
    answer: {
      subject: oneLine(mail.subject).slice(0, LONGEST_SUBJECT_KEPT),
      message_id: mail.messageId,
      sentences: outcome instanceof Failure ? [outcome.message] : answers.map(({ says }) => says),
    },
    state: 'waiting',
    created: now,
    due: now,
    attempts: [],
  })
}
