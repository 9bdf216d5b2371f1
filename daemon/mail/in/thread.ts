// One thing: the ticket that a mail belongs to, by what it was sent to, by what it answers, and by its subject.
import { mailbox, spellingsOf } from '../../../data/address.ts'
import type { Reader } from '../../../data/store.ts'
import type { Ticket } from '../../../data/tables.ts'
import { workedOn } from '../../../handlers/tickets/duplicates.ts'
import { isWatcher } from '../../../handlers/tickets/watchers.ts'
import { userAt } from '../../../handlers/user_at.ts'
import { sees } from '../../../handlers/visible.ts'
import { LOOP_FIELD } from '../signed_ids.ts'
import { isForward } from './content/reply_prefix.ts'
import type { LetterSigns } from './letter_signs.ts'
import type { Received } from './received/received.ts'

/** In characters; no mail program keeps more of a subject in a reply. */
const LONGEST_LOOKED_AT = 1000
const MOST_TAGS = 20
/** So many of the newest tickets of a submitter are looked at. */
const MOST_OWN = 20
const TAG = /\[[a-z][a-z0-9_-]*-([1-9][0-9]{0,15})\]/gi

/**
 * The ticket that a mail belongs to, and the role of its sender. Staff, which are agents and the CC addresses of the queue, see all of the
 * ticket, submitter and watchers its public part. A stranger only has one of its letters.
 */
export interface Thread {
  readonly ticket: Ticket
  readonly party: 'submitter' | 'watcher' | 'staff' | 'stranger'
  /** Whether the mail contains a mark of a letter, which only its recipients know; a tag can be guessed. */
  readonly by: 'mark' | 'tag'
  /** The number of the letter that it was sent in answer to, if its address names one. */
  readonly letter?: number
}
type Mail = Pick<Received, 'subject' | 'from' | 'headers'>

/**
 * The thread of a mail: by the key or the return path of a letter in its address, else by the Message-IDs of letters
 * that it answers, else by a tag of its subject. Undefined if there is none. A duplicate is followed to the ticket that is worked on.
 */
export async function threadOf(tx: Reader, signs: LetterSigns, mail: Mail): Promise<Thread | undefined> {
  return (
    (await threadByLetter(tx, signs, mail)) ??
    (await threadByMessageId(tx, signs, mail)) ??
    (await threadByTag(tx, mail))
  )
}

/** The address names the ticket, since the letter's record may be deleted; a return path of the old form only names the letter. */
async function threadByLetter(
  tx: Reader,
  { keys, paths }: LetterSigns,
  { from }: Mail,
): Promise<Thread | undefined> {
  for (const { number, ticket: named } of [...keys, ...paths]) {
    const letter = number === undefined ? undefined : await tx.get('letters', number)
    const id = letter?.ticket ?? named
    const ticket = id === undefined ? undefined : await tx.get('tickets', id)
    if (!ticket) continue
    return {
      ...(await markedThread(tx, ticket, from.address)),
      ...(number === undefined ? {} : { letter: number }),
    }
  }
  return undefined
}

/** A mail that is forwarded to us under the subject of something else refers to our letter, too, and is no answer. */
async function threadByMessageId(
  tx: Reader,
  { tickets }: LetterSigns,
  { subject, from }: Mail,
): Promise<Thread | undefined> {
  for (const id of tickets) {
    const ticket = await tx.get('tickets', id)
    if (!ticket || (isForward(subject) && !isAbout(subject, ticket))) continue
    return markedThread(tx, ticket, from.address)
  }
  return undefined
}

/**
 * The thread of a mail that answers, under the same subject, the mail by which its sender opened a ticket. That shows no more than the tag
 * of the ticket does, whose number anybody can guess. Undefined if there is none. For mail of people: alerts of a machine often refer to the
 * first of them, which may be resolved.
 */
export async function threadByOpening(
  tx: Reader,
  { messageIds }: LetterSigns,
  { subject, from: { address } }: Mail,
): Promise<Thread | undefined> {
  const ids = new Set(messageIds)
  if (address === null || ids.size === 0 || isForward(subject)) return undefined
  for (const submitter_email of spellingsOf(address)) {
    const newest = { newest: true, limit: MOST_OWN } as const
    for (const ticket of await tx.find('tickets', { submitter_email }, newest)) {
      if (!isAbout(subject, ticket)) continue
      const [opening] = await tx.find('followups', { ticket: ticket.id }, { limit: 1 })
      if (opening?.message_id && ids.has(opening.message_id))
        return { ...(await markedThread(tx, ticket, address)), by: 'tag' }
    }
  }
  return undefined
}

/** A mark grants no role. */
async function markedThread(tx: Reader, ticket: Ticket, from: string | null): Promise<Thread> {
  const followed = await workedOn(tx, ticket)
  const party = from === null ? undefined : await partyOf(tx, followed, mailbox(from))
  return { ticket: followed, party: party ?? 'stranger', by: 'mark' }
}

/**
 * The first tag whose ticket exists and whose sender is a party to that ticket: letters have their tag at the front, and the subjects of
 * customers have numbers in brackets, too. Without one, the mail opens a new ticket. The number decides, since letters from before a move
 * have the slug of the old queue.
 */
async function threadByTag(
  tx: Reader,
  { headers, subject, from: { address } }: Mail,
): Promise<Thread | undefined> {
  if (address === null) return undefined
  for (const id of tagsIn(headers.values.has(LOOP_FIELD) ? withoutFirstTag(subject) : subject)) {
    const ticket = await tx.get('tickets', id)
    const party = ticket && (await partyOf(tx, ticket, mailbox(address)))
    if (!party) continue
    const followed = await workedOn(tx, ticket)
    if (followed === ticket) return { ticket, party, by: 'tag' }
    return {
      ticket: followed,
      party: (await partyOf(tx, followed, mailbox(address))) ?? 'stranger',
      by: 'tag',
    }
  }
  return undefined
}

/** The letters of another helpdesk begin with a tag of its own. */
function withoutFirstTag(subject: string): string {
  const beginning = subject.slice(0, LONGEST_LOOKED_AT).trimStart()
  return beginning.startsWith('[') ? beginning.slice(beginning.indexOf(']') + 1) : subject
}

/** The numbers in the tags of a subject, each once; at most 20. */
export function tagsIn(subject: string): number[] {
  const tags = [...subject.slice(0, LONGEST_LOOKED_AT).matchAll(TAG)].map(([, id]) => Number(id))
  return [...new Set(tags)].slice(0, MOST_TAGS)
}

/** Whether a subject names a ticket, by its tag or its title. */
function isAbout(subject: string, { id, title }: Ticket): boolean {
  const beginning = subject.slice(0, LONGEST_LOOKED_AT)
  return tagsIn(subject).includes(id) || beginning.toLowerCase().includes(title.toLowerCase())
}

async function partyOf(tx: Reader, ticket: Ticket, from: string): Promise<Thread['party'] | undefined> {
  if (ticket.submitter_email !== null && mailbox(ticket.submitter_email) === from) return 'submitter'
  const user = await userAt(tx, from)
  if (user && sees(user, ticket.queue)) return 'staff'
  if (isWatcher(ticket, from)) return 'watcher'
  const { new_ticket_cc, updated_ticket_cc } = (await tx.get('queues', ticket.queue))!
  return [...new_ticket_cc, ...updated_ticket_cc].some(one => mailbox(one) === from) ? 'staff' : undefined
}
