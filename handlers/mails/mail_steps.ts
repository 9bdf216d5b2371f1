import type { Reader } from '../../data/store.ts'
import type { Letter, Mail, Ticket } from '../../data/tables.ts'
import { momentWords } from './mail_listing.ts'
import { proofStep, senderStep } from './mail_sender.ts'
import { verdictWords } from './verdicts.ts'

/** How many follow-ups of a ticket are searched for the one that a mail became. */
const MOST_LOOKED_AT = 1000

/** Tells why a mail became what it became: each step in a sentence. */
export async function mailSteps(tx: Reader, mail: Mail): Promise<string[]> {
  const { id, received, peer, subject, replay_of, replayed_as } = mail
  const again = replay_of === undefined ? '' : ` It is mail ${replay_of} again, which an operator replayed.`
  return [
    `Mail ${id} came on ${momentWords(received)} from ${peer}.${again}`,
    await envelopeStep(tx, mail),
    await senderStep(tx, mail),
    subjectStep(subject),
    await proofStep(tx, mail),
    ...verdictSteps(mail),
    ...(await outcomeSteps(tx, mail)),
    rawStep(mail),
    ...(replayed_as === undefined ? [] : [`An operator replayed it; that is mail ${replayed_as}.`]),
  ]
}

export function subjectStep(subject: string): string {
  return subject === '' ? 'It has no subject.' : `Its subject is: ${subject}`
}

/** What the mail was taken for, and the reasons. */
export function verdictSteps({ verdict, reasons }: Pick<Mail, 'verdict' | 'reasons'>): string[] {
  return [
    `It was taken for ${verdictWords[verdict]} (${verdict}).`,
    ...(reasons.length > 0 ? [`Noted: ${reasons.join('; ')}.`] : []),
  ]
}

async function envelopeStep(tx: Reader, { envelope_from, recipients }: Mail): Promise<string> {
  const from = envelope_from === '' ? 'the null return path <>, as reports have it' : envelope_from
  const to: string[] = []
  for (const address of recipients) {
    const [queue] = await tx.find('queues', { email_address: address.toLowerCase() })
    to.push(queue ? `${address} (queue ${queue.title})` : address)
  }
  return `Its envelope is from ${from} to ${to.join(', ')}.`
}

/** What was done: the tickets, the letters, and the letters that were held back. */
async function outcomeSteps(tx: Reader, mail: Mail): Promise<string[]> {
  const { tickets, held_back = [], received } = mail
  const steps: string[] = []
  const letters: Letter[] = []
  for (const id of tickets) {
    const ticket = await tx.get('tickets', id)
    steps.push(await ticketStep(tx, mail, id, ticket))
    letters.push(...(await tx.find('letters', { ticket: id })).filter(({ created }) => created === received))
  }
  if (tickets.length === 0) steps.push('It is on no ticket.')
  const told = letters.map(({ id, to, state }) => `letter ${id} to ${to} (${state})`)
  return [...steps, ...(told.length > 0 ? [`It caused ${told.join(', ')}.`] : []), ...held_back]
}

async function ticketStep(
  tx: Reader,
  { verdict, received, subject }: Mail,
  id: number,
  ticket: Ticket | undefined,
): Promise<string> {
  if (!ticket) return `It was about ticket ${id}, which no longer exists.`
  if (verdict === 'command' || verdict === 'near_miss') return `It was about ticket ${id}.`
  if (ticket.created === received) {
    const queue = await tx.get('queues', ticket.queue)
    return `It opened ticket ${id}, which is in queue ${queue!.title}.`
  }
  const followups = await tx.find('followups', { ticket: id }, { newest: true, limit: MOST_LOOKED_AT })
  if (verdict === 'followup' && !followups.some(({ date }) => date === received))
    return `It was about ticket ${id}.`
  const isTagged = subject.includes(`-${id}]`)
  return `It was added to ticket ${id}${isTagged ? ', whose tag is in its subject' : ''}.`
}

function rawStep({ raw, raw_size }: Mail): string {
  if (raw !== null) return `The raw mail is still kept (${raw_size ?? 'unknown'} bytes).`
  return 'The raw mail is not kept: it is too old, or it had a password in it, or there was no room for it.'
}
