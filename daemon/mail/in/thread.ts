import { mailbox } from '../../../data/address.ts'
import type { Reader } from '../../../data/store.ts'
import type { Ticket } from '../../../data/tables.ts'
import { userAt } from '../../../handlers/user_at.ts'
import type { ReturnedLetter } from '../signed_ids.ts'
import type { Received } from './received.ts'
import type { Recipient } from './smtp/recipient.ts'

/** How much of a subject is looked at: no mail program keeps more of it in an answer. */
const LONGEST_LOOKED_AT = 1000
const TAG = /\[([a-z][a-z0-9_-]*)-([1-9][0-9]{0,15})\]/gi

/** What a mail belongs to: the ticket of the last tag in its subject, and whether its sender may see it all, or its public side. */
export interface Thread {
  readonly ticket: Ticket
  readonly party: 'submitter' | 'agent'
}

/** The thread of a mail to these recipients, if it has one. */
export async function threadOf(
  tx: Reader,
  { subject, from }: Pick<Received, 'subject' | 'from'>,
  envelopeFrom: string,
  recipients: readonly Recipient[],
): Promise<Thread | undefined> {
  return (await threadByTag(tx, subject, from)) ?? (await threadByReturnPath(tx, envelopeFrom, recipients))
}

/** Its sender is a party to the ticket that its subject names; a stranger's tag opens a new ticket. */
async function threadByTag(tx: Reader, subject: string, from: string | null): Promise<Thread | undefined> {
  const [, slug = '', id = ''] = [...subject.slice(0, LONGEST_LOOKED_AT).matchAll(TAG)].at(-1) ?? []
  if (id === '' || from === null) return undefined
  const ticket = await tx.get('tickets', Number(id))
  const queue = ticket && (await tx.get('queues', ticket.queue))
  if (!ticket || queue?.slug !== slug.toLowerCase()) return undefined
  const party = await partyOf(tx, ticket, mailbox(from))
  return party && { ticket, party }
}

/** A machine sent it to a letter's return path, which only those have who got the letter. */
async function threadByReturnPath(
  tx: Reader,
  envelopeFrom: string,
  recipients: readonly Recipient[],
): Promise<Thread | undefined> {
  const returned = recipients.find(recipient => recipient.kind === 'return')
  return returned && envelopeFrom === '' ? threadOfLetter(tx, returned.letter) : undefined
}

/** The path names the ticket, since the record of the letter may be gone; an old one names the letter alone. */
async function threadOfLetter(
  tx: Reader,
  { number, ticket: named }: ReturnedLetter,
): Promise<Thread | undefined> {
  const letter = number === undefined ? undefined : await tx.get('letters', number)
  const id = letter?.ticket ?? named
  const ticket = id === undefined ? undefined : await tx.get('tickets', id)
  return ticket && { ticket, party: 'agent' }
}

async function partyOf(tx: Reader, ticket: Ticket, from: string): Promise<Thread['party'] | undefined> {
  if (ticket.submitter_email !== null && mailbox(ticket.submitter_email) === from) return 'submitter'
  return (await userAt(tx, from)) ? 'agent' : undefined
}
