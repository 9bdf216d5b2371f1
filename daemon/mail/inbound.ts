import { Failure, isTemporary } from '../../data/failure.ts'
import type { Reader } from '../../data/store.ts'
import type { Queue } from '../../data/tables.ts'
import { events, logThrown } from '../events.ts'
import { automaticReason } from './automatic.ts'
import { type Gated, gate } from './gate.ts'
import { type Headers, readHeaders, valuesOf } from './headers.ts'
import { type Judgement, judge } from './judge.ts'
import { commit, type Incoming } from './keep.ts'
import { LOOP_FIELD, type Marks } from './mark.ts'
import { prove } from './proof.ts'
import { type Received, readMail } from './received.ts'
import { recipientOf } from './recipient.ts'
import type { Site } from './site.ts'
import { threadOf } from './thread.ts'

const MOST_HOPS = 50

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
