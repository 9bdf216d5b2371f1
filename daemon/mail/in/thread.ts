import { mailbox } from '../../../data/address.ts'
import type { Reader } from '../../../data/store.ts'
import type { Ticket } from '../../../data/tables.ts'
import { isWatcher } from '../../../handlers/tickets/watchers.ts'
import { userAt } from '../../../handlers/user_at.ts'
import { sees } from '../../../handlers/visible.ts'
import type { ReturnedLetter } from '../signed_ids.ts'
import type { Received } from './received/received.ts'
import type { Recipient } from './smtp/recipient.ts'

/** In characters; no mail program keeps more of a subject in a reply. */
const LONGEST_LOOKED_AT = 1000
const MOST_TAGS = 20
const TAG = /\[[a-z][a-z0-9_-]*-([1-9][0-9]{0,15})\]/gi

/**
 * The ticket that a mail belongs to, and the role of its sender. Staff, which are agents and the CC addresses of the queue, see all of the
 * ticket, submitter and watchers its public part. A stranger only has one of its letters.
 */
export interface Thread {
  readonly ticket: Ticket
  readonly party: 'submitter' | 'watcher' | 'staff' | 'stranger'
}

/** The thread of a mail to these recipients, by a tag of its subject, else by its return path; undefined if there is none. */
export async function threadOf(
  tx: Reader,
  { subject, from }: Pick<Received, 'subject' | 'from'>,
  recipients: readonly Recipient[],
): Promise<Thread | undefined> {
  const returned = recipients.find(recipient => recipient.kind === 'return')
  return (
    (await threadByTag(tx, subject, from.address)) ??
    (returned && (await threadByReturnPath(tx, returned.letter, from.address)))
  )
}

/**
 * The first tag whose ticket exists and whose sender is a party to that ticket: letters have their tag at the front, and the subjects of
 * customers have numbers in brackets, too. Without one, the mail opens a new ticket. The number decides, since letters from before a move
 * have the slug of the old queue.
 */
async function threadByTag(tx: Reader, subject: string, from: string | null): Promise<Thread | undefined> {
  if (from === null) return undefined
  const tags = [...subject.slice(0, LONGEST_LOOKED_AT).matchAll(TAG)].map(([, id]) => Number(id))
  for (const id of [...new Set(tags)].slice(0, MOST_TAGS)) {
    const ticket = await tx.get('tickets', id)
    const party = ticket && (await partyOf(tx, ticket, mailbox(from)))
    if (party) return { ticket, party }
  }
  return undefined
}

/**
 * Only recipients of a letter know its return path. It names the ticket, since the letter's record may be deleted; a path of the old form
 * only names the letter.
 */
async function threadByReturnPath(
  tx: Reader,
  { number, ticket: named }: ReturnedLetter,
  from: string | null,
): Promise<Thread | undefined> {
  const letter = number === undefined ? undefined : await tx.get('letters', number)
  const id = letter?.ticket ?? named
  const ticket = id === undefined ? undefined : await tx.get('tickets', id)
  const party = ticket && from !== null ? await partyOf(tx, ticket, mailbox(from)) : undefined
  return ticket && { ticket, party: party ?? 'stranger' }
}

async function partyOf(tx: Reader, ticket: Ticket, from: string): Promise<Thread['party'] | undefined> {
  if (ticket.submitter_email !== null && mailbox(ticket.submitter_email) === from) return 'submitter'
  const user = await userAt(tx, from)
  if (user && sees(user, ticket.queue)) return 'staff'
  if (isWatcher(ticket, from)) return 'watcher'
  const { new_ticket_cc, updated_ticket_cc } = (await tx.get('queues', ticket.queue))!
  return [...new_ticket_cc, ...updated_ticket_cc].some(one => mailbox(one) === from) ? 'staff' : undefined
}
