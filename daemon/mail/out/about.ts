// One thing: what is true of a letter about a ticket when it is rendered, from the records of the store.
import { mailbox } from '../../../data/address.ts'
import type { Reader } from '../../../data/store.ts'
import type {
  Attachment,
  Author,
  Change,
  FailingAddress,
  Followup,
  Letter,
  Queue,
  Ticket,
} from '../../../data/tables.ts'
import { dateOf } from '../../../handlers/escalation/day.ts'
import { isOverdue } from '../../../handlers/escalation/due_date.ts'
import { zoneOf } from '../../../handlers/escalation/hours.ts'
import type { Zone } from '../../../handlers/escalation/zone.ts'
import { failingAt } from '../../../handlers/letters/failing_addresses.ts'
import { mayHear } from '../../../handlers/letters/records/not_again.ts'
import { unreachedBy } from '../../../handlers/letters/unreached.ts'
import { isOfStaff, isSubmitter, isUnproven } from '../../../handlers/letters/weight.ts'
import { type Known, knownOf } from '../../../handlers/tickets/submitter_history.ts'
import { isWatcher } from '../../../handlers/tickets/watchers.ts'
import { userAt } from '../../../handlers/user_at.ts'
import { changesIn } from './changes_in.ts'
import { type Earlier, earlierIn } from './earlier.ts'
import { filesAlong } from './files_along.ts'
import { shortTitle } from './headers/ticket_subject.ts'
import type { LetterSite } from './letter.ts'
import { choiceLinksText } from './letters/choice_links.ts'
import type { Unreached } from './letters/corrections.ts'
import { tagOf } from './letters/tag.ts'
import type { Wording } from './letters/wording.ts'
import { type VerbLink, verbLinks } from './links.ts'
import { type Replies, repliesTo } from './replies.ts'

/** What the reader is to the ticket. An agent who has submitted it is its submitter. */
export type Role = 'submitter' | 'watcher' | 'staff'

/** What a letter about a ticket is made from. */
export interface About {
  readonly words: Wording
  readonly ticket: Ticket
  readonly queue: Queue
  readonly role: Role
  /** Whether the reader is an agent or a CC address of a queue, who sees the facts about the ticket. */
  readonly isOfStaff: boolean
  /** The username of the owner. */
  readonly owner: string | undefined
  /** Whether its due date was past when the letter was written. */
  readonly overdue: boolean
  readonly followup: Followup | undefined
  /** The author of the follow-up. */
  readonly author: Author | undefined
  /** The name of the user who is that; undefined for others, and for a user who is gone. */
  readonly user: string | undefined
  /** Whether the letter quotes the follow-up. */
  readonly quotes: boolean
  /** What staff are told that somebody has changed; owners and queues by name. */
  readonly changes: readonly Change[]
  /** Whether these are the reader's own words, or claim to be. */
  readonly isOwn: boolean
  /** What was written before, for a submitter or a watcher in a queue that wants that; the newest first. */
  readonly earlier: readonly Earlier[]
  /** The files of the follow-up that the letter carries. */
  readonly along: readonly Attachment[]
  /** For the submitter of a resolved ticket: the links that say whether it works; empty for all others. */
  readonly choices: string
  /** The address that a letter did not reach, if the follow-up tells that. */
  readonly unreached: Unreached | undefined
  /** The address by which the recipient, who only watches, leaves the ticket; empty if there can be none. */
  readonly stop: string | undefined
  /** What only the role `staff` learns. */
  readonly staff: StaffFacts | undefined
}
export interface StaffFacts {
  /** What the submitter has asked before, and the day since which that is open, or of its last change. */
  readonly known: (Known & { readonly day: string }) | undefined
  /** Why letters to the submitter do not arrive. */
  readonly failing: FailingAddress | undefined
  /** Who else gets what is public. */
  readonly watchers: readonly string[]
  /** What becomes of a reply. */
  readonly replies: Replies
  /** The links by which the recipient can send commands. */
  readonly links: readonly VerbLink[]
}

/**
 * Undefined if the letter is about no ticket, or its ticket no longer exists, or its follow-up is private and the recipient no agent of the
 * queue any more: letters wait, for more changes or for the smarthost.
 */
export async function aboutLetter(tx: Reader, site: LetterSite, letter: Letter): Promise<About | undefined> {
  const ticket = letter.ticket === null ? undefined : await tx.get('tickets', letter.ticket)
  const queue = ticket && (await tx.get('queues', ticket.queue))
  if (!ticket || !queue) return undefined
  const followup = letter.followup === null ? undefined : await tx.get('followups', letter.followup)
  const isStaffs = await isOfStaff(tx, letter.to)
  const role = isSubmitter(ticket, letter.to) ? 'submitter' : isStaffs ? 'staff' : 'watcher'
  const acknowledges = isAcknowledgement(letter, followup)
  const owner = ticket.assigned_to === null ? undefined : await tx.get('users', ticket.assigned_to)
  const author = followup?.author
  const user = author?.kind === 'user' ? await tx.get('users', author.user) : undefined
  const authors =
    author?.kind === 'submitter' && author.address !== null ? [author.address] : (user?.addresses ?? [])
  const words = wordsFor(site, role, ticket, queue)
  const zone = zoneOf(queue, site.hours)
  const quotes = !acknowledges && !isOutsidersStep(letter, role, isStaffs)
  if (quotes && followup?.public === false && !(await mayHear(tx, letter))) return undefined
  return {
    words,
    ticket: acknowledges ? withShortTitle(ticket) : ticket,
    queue,
    role,
    isOfStaff: isStaffs,
    owner: owner?.username,
    overdue: ticket.due_date !== null && isOverdue(ticket, zone.dayAt(Date.parse(letter.created))),
    followup,
    author,
    user: user && (user.full_name || user.username),
    quotes,
    changes: role === 'staff' ? await changesIn(tx, letter) : [],
    isOwn: isOwn(letter, role, followup, authors),
    earlier: await earlierIn(tx, letter, { ticket, queue, role, zone }),
    along: filesAlong(followup, {
      letter,
      isStaff: role === 'staff',
      quotes,
      most: site.attachUpTo,
      gone: site.gone,
    }),
    choices:
      letter.event === 'resolved' && role === 'submitter'
        ? choiceLinksText(words, site.signedIds, letter, { ticket, tag: tagOf(ticket, queue) })
        : '',
    unreached: await unreachedIn(tx, followup),
    stop: role === 'watcher' && isWatcher(ticket, letter.to) ? stopOf(site, letter, ticket) : undefined,
    staff: role === 'staff' ? await staffFacts(tx, site, letter, { ticket, followup, zone }) : undefined,
  }
}

/** Staff get the language of the queue, everybody else that of the ticket. */
function wordsFor({ words }: LetterSite, role: Role, { locale }: Ticket, queue: Queue): Wording {
  return words.of(queue.slug, ...(role === 'staff' ? [] : [locale]), queue.locale)
}

async function staffFacts(
  tx: Reader,
  site: LetterSite,
  letter: Letter,
  { ticket, followup, zone }: Pick<About, 'ticket' | 'followup'> & { readonly zone: Zone },
): Promise<StaffFacts> {
  const { submitter_email: address, submitter_stopped: isStopped = false } = ticket
  const failing = address === null ? undefined : await failingAt(tx, address)
  const replies = await repliesTo(tx, site.proofs, letter, followup, isStopped || failing !== undefined)
  const { audience } = replies.facts
  return {
    known: letter.event === 'opened' ? await knownTo(tx, letter.to, ticket, zone) : undefined,
    failing,
    watchers: ticket.watchers ?? [],
    replies,
    links: letter.event === 'answered' ? [] : await verbLinks(tx, site, letter, ticket, audience),
  }
}

/** Users learn of the queues that they see, others of the queue of the ticket alone. */
async function knownTo(tx: Reader, to: string, ticket: Ticket, zone: Zone): Promise<StaffFacts['known']> {
  const user = await userAt(tx, to)
  const known = await knownOf(tx, ticket, user ? user.queues : [ticket.queue])
  if (!known) return undefined
  const { status, created, modified } = known.last
  return { ...known, day: dateOf(zone.dayAt(Date.parse(status <= 2 ? created : modified))) }
}

/** The watchers of a duplicate now watch the other ticket. */
function stopOf({ signedIds }: LetterSite, { event, to }: Letter, { id, duplicate_of = id }: Ticket): string {
  return signedIds.stopAddress(event === 'duplicate' ? duplicate_of : id, to) ?? ''
}

/** The address that a letter did not reach, as a follow-up tells, and whether it gets no more. */
async function unreachedIn(tx: Reader, followup: Followup | undefined): Promise<Unreached | undefined> {
  const letter = followup && (await unreachedBy(tx, followup))
  return letter && { address: letter.to, isStopped: (await failingAt(tx, letter.to)) !== undefined }
}

/** Whether a letter acknowledges an unproven mail to the address in its From. */
function isAcknowledgement({ event, to }: Letter, followup: Followup | undefined): boolean {
  if (event !== 'opened' || followup?.author.kind !== 'submitter') return false
  const { address } = followup.author
  return isUnproven(followup.author) && address !== null && mailbox(address) === mailbox(to)
}

/** Whether a letter tells a submitter outside that the ticket has risen: the follow-up about it is private. */
function isOutsidersStep({ event }: Letter, role: Role, isStaffs: boolean): boolean {
  return (event === 'escalated' || event === 'escalations') && role === 'submitter' && !isStaffs
}

/** Whether a letter shows its reader what that person wrote. The text of a new ticket is that of its submitter, whoever entered it. */
function isOwn(
  { event, to }: Letter,
  role: Role,
  followup: Followup | undefined,
  authors: readonly string[],
): boolean {
  if (!followup) return false
  return (event === 'opened' && role === 'submitter') || authors.some(one => mailbox(one) === mailbox(to))
}

function withShortTitle(ticket: Ticket): Ticket {
  return { ...ticket, title: shortTitle(ticket.title) }
}
