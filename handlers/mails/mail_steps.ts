import type { Reader } from '../../data/store.ts'
import type { Confirmation, Letter, Mail, Ticket, Verdict } from '../../data/tables.ts'
import { momentWords } from './mail_listing.ts'
import { proofStep, senderStep } from './mail_sender.ts'
import { isRefusedAnswer } from './refused_answer.ts'
import { verdictWords } from './verdicts.ts'

/** The verdicts on commands, and on answers about them. */
const COMMANDS: readonly Verdict[] = ['command', 'near_miss', 'unconfirmed', 'confirmed', 'cancelled']

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
  for (const one of await tx.find('confirmations', { mail: mail.id })) steps.push(confirmationStep(one))
  const told = letters.map(({ id, to, state }) => `letter ${id} to ${to} (${state})`)
  return [...steps, ...(told.length > 0 ? [`It caused ${told.join(', ')}.`] : []), ...held_back]
}

/** What became of a command that its user was asked about. */
function confirmationStep({ state, expires, letter }: Confirmation): string {
  switch (state) {
    case 'open':
      return `A yes to letter ${letter} counts until ${momentWords(expires)}; none has come yet.`
    case 'confirmed':
      return `Its user has said yes to letter ${letter}, so it was carried out.`
    case 'doubted':
      return `It was carried out after a yes to letter ${letter}, but a later answer to that letter is not yes.`
    case 'displaced':
      return `It was not carried out: before a yes to letter ${letter}, a later command of its user has taken its place.`
    case 'cancelled':
      return `It was not carried out: letter ${letter} has another answer than a yes that counts.`
  }
}

async function ticketStep(tx: Reader, mail: Mail, id: number, ticket: Ticket | undefined): Promise<string> {
  const { verdict, received, subject } = mail
  if (!ticket) return `It was about ticket ${id}, which no longer exists.`
  if (COMMANDS.includes(verdict)) return `It was about ticket ${id}.`
  if (ticket.created === received) {
    const queue = await tx.get('queues', ticket.queue)
    return `It opened ticket ${id}, which is in queue ${queue!.title}.`
  }
  if (await isRefusedAnswer(tx, mail)) return `It was about ticket ${id}.`
  const isTagged = subject.includes(`-${id}]`)
  return `It was added to ticket ${id}${isTagged ? ', whose tag is in its subject' : ''}.`
}

function rawStep({ raw, raw_size }: Mail): string {
  if (raw !== null) return `The raw mail is still kept (${raw_size ?? 'unknown'} bytes).`
  return 'The raw mail is not kept: it is too old, or it had a password in it, or there was no room for it.'
}
