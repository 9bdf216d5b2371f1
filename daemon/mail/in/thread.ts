import { mailbox } from '../../../data/address.ts'
import type { Reader } from '../../../data/store.ts'
import type { Ticket } from '../../../data/tables.ts'
import { isWatcher } from '../../../handlers/tickets/watchers.ts'
import { userAt } from '../../../handlers/user_at.ts'
import { sees } from '../../../handlers/visible.ts'
import type { ReturnedLetter } from '../signed_ids.ts'
import type { Received } from './received.ts'
import type { Recipient } from './smtp/recipient.ts'

/** In characters; no mail program keeps more of a subject in a reply. */
const LONGEST_LOOKED_AT = 1000
const TAG = /\[[a-z][a-z0-9_-]*-([1-9][0-9]{0,15})\]/gi

/**
 * The ticket that a mail belongs to, and the role of its sender. Staff, which are agents and the CC addresses of the queue, see all of the
 * ticket, submitter and watchers its public part.
 */
export interface Thread {
  readonly ticket: Ticket
  readonly party: 'submitter' | 'watcher' | 'staff'
}

/** The thread of a mail to these recipients, by the last tag of its subject, else by its return path; undefined if there is none. */
export async function threadOf(
  tx: Reader,
  { subject, from }: Pick<Received, 'subject' | 'from'>,
  envelopeFrom: string,
  recipients: readonly Recipient[],
): Promise<Thread | undefined> {
  return (
    (await threadByTag(tx, subject, from.address)) ?? (await threadByReturnPath(tx, envelopeFrom, recipients))
  )
}

/**
 * A tag only counts if the sender is a party to its ticket; otherwise the mail opens a new ticket. The number decides, since letters from
 * before a move have the slug of the old queue.
 */
async function threadByTag(tx: Reader, subject: string, from: string | null): Promise<Thread | undefined> {
  const [, id = ''] = [...subject.slice(0, LONGEST_LOOKED_AT).matchAll(TAG)].at(-1) ?? []
  if (id === '' || from === null) return undefined
  const ticket = await tx.get('tickets', Number(id))
  const party = ticket && (await partyOf(tx, ticket, mailbox(from)))
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
  return ticket && { ticket, party: 'staff' }
}

async function partyOf(tx: Reader, ticket: Ticket, from: string): Promise<Thread['party'] | undefined> {
  if (ticket.submitter_email !== null && mailbox(ticket.submitter_email) === from) return 'submitter'
  const user = await userAt(tx, from)
  if (user && sees(user, ticket.queue)) return 'staff'
  if (isWatcher(ticket, from)) return 'watcher'
  const { new_ticket_cc, updated_ticket_cc } = (await tx.get('queues', ticket.queue))!
  return [...new_ticket_cc, ...updated_ticket_cc].some(one => mailbox(one) === from) ? 'staff' : undefined
}
