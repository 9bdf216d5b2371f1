import { mailbox } from '../../../data/address.ts'
import type { Reader } from '../../../data/store.ts'
import type { Ticket } from '../../../data/tables.ts'
import { userAt } from '../../../handlers/user_at.ts'
import { sees } from '../../../handlers/visible.ts'
import type { ReturnedLetter } from '../signed_ids.ts'
import type { Received } from './received.ts'
import type { Recipient } from './smtp/recipient.ts'

/** In characters; no mail program keeps more of a subject in a reply. */
const LONGEST_LOOKED_AT = 1000
const TAG = /\[([a-z][a-z0-9_-]*)-([1-9][0-9]{0,15})\]/gi

/** The ticket that a mail belongs to, and the role of its sender: an agent sees all of the ticket, the submitter its public part. */
export interface Thread {
  readonly ticket: Ticket
  readonly party: 'submitter' | 'agent'
}

/** The thread of a mail to these recipients, by the last tag of its subject, else by its return path; undefined if there is none. */
export async function threadOf(
  tx: Reader,
  { subject, from }: Pick<Received, 'subject' | 'from'>,
  envelopeFrom: string,
  recipients: readonly Recipient[],
): Promise<Thread | undefined> {
  return (await threadByTag(tx, subject, from)) ?? (await threadByReturnPath(tx, envelopeFrom, recipients))
}

/** A tag only counts if the sender is a party to its ticket; otherwise the mail opens a new ticket. */
async function threadByTag(tx: Reader, subject: string, from: string | null): Promise<Thread | undefined> {
  const [, slug = '', id = ''] = [...subject.slice(0, LONGEST_LOOKED_AT).matchAll(TAG)].at(-1) ?? []
  if (id === '' || from === null) return undefined
  const ticket = await tx.get('tickets', Number(id))
  const queue = ticket && (await tx.get('queues', ticket.queue))
  if (!ticket || queue?.slug !== slug.toLowerCase()) return undefined
  const party = await partyOf(tx, ticket, mailbox(from))
  return party && { ticket, party }
}

/** A machine replied to a letter's return path, which only recipients of the letter know. */
async function threadByReturnPath(
  tx: Reader,
  envelopeFrom: string,
  recipients: readonly Recipient[],
): Promise<Thread | undefined> {
  const returned = recipients.find(recipient => recipient.kind === 'return')
  return returned && envelopeFrom === '' ? threadOfLetter(tx, returned.letter) : undefined
}

/** The path names the ticket, since the letter's record may be deleted; a path of the old form only names the letter. */
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
  const user = await userAt(tx, from)
  return user && sees(user, ticket.queue) ? 'agent' : undefined
}
