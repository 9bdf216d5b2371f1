// One thing: every English text of a letter about one ticket, in the order in which a letter has them.
import {
  type Attachment,
  type Event,
  type Followup,
  type Queue,
  statuses,
  type Ticket,
  type Value,
} from '../../../../data/tables.ts'
import { untilNote } from '../../../../handlers/escalation/hold_end.ts'
import type { VerbLink } from '../links.ts'
import { quoteOf } from '../quote.ts'
import type { ReplyTexts } from '../replies.ts'
import { correctionsOf, type Unreached } from './corrections.ts'
import { verbLinksText } from './verb_links.ts'

/** The records that a letter about a ticket is rendered from. */
export interface About {
  readonly ticket: Ticket
  readonly queue: Queue
  /** The username of the owner. */
  readonly owner: string | undefined
  /** For staff: whether its due date was past when the letter was written. */
  readonly overdue: boolean
  readonly followup: Followup | undefined
  /** The author of the follow-up, as a name to display. */
  readonly author: string
  /** The submitter as the letter shows it; undefined if it does not. */
  readonly submitter: string | undefined
  /** Whether the letter quotes the follow-up. */
  readonly quotes: boolean
  /** What staff should know of the submitter; never for a letter to the submitter. */
  readonly known: string | undefined
  /** The address that a letter did not reach, if the follow-up tells that. */
  readonly unreached: Unreached | undefined
  /** Why letters to the submitter do not arrive, for staff. */
  readonly failing: string | undefined
  /** The address by which the recipient, who only watches, leaves the ticket; empty if there can be none. */
  readonly stop: string | undefined
  /** For staff: who else gets what is public. */
  readonly watchers: readonly string[]
  /** For staff: what becomes of a reply. */
  readonly replies: ReplyTexts | undefined
  /** For staff: the links by which the recipient can send commands. */
  readonly links: readonly VerbLink[]
}
type TicketLetter = Exclude<
  Event,
  | 'answered'
  | 'held_back'
  | 'summary'
  | 'failing'
  | 'escalations'
  | 'key_spent'
  | 'unconfirmed'
  | 'cancelled'
  | 'digest'
>

const priorities = { 1: '1 (high)', 2: '2', 3: '3', 4: '4', 5: '5 (low)' } as const
const ANSWER = 'reply to this mail.'
/** The name of the attachment with the whole of a long text. */
export const WHOLE_NAME = 'message.txt'
const WHOLE_LINE = `(This is only the beginning. The whole text is attached as ${WHOLE_NAME}.)`
/** Ends that attachment if the rest of the text cannot be read. */
export const UNREADABLE =
  '\n(The rest of this text can no longer be read. Please ask the people who run this helpdesk.)\n'

/** The author of a follow-up for people who must not see the submitter's address. */
export const SUBMITTER = 'The submitter'

/** The word after the title in the subject. */
export const eventWords: Readonly<Record<TicketLetter, string>> = {
  opened: '(Opened)',
  followed_up: '(Updated)',
  resolved: '(Resolved)',
  assigned: '(Assigned)',
  reopened: '(Reopened)',
  closed: '(Closed)',
  duplicate: '(Duplicate)',
  claimed: '(Not proven)',
  letter_failed: '(Not delivered)',
  escalated: '(Escalated)',
  reminder: '(Reminder)',
  hold_ended: '(Off hold)',
  due: '(Due)',
}

const openings: Readonly<Record<TicketLetter, (about: About) => string>> = {
  opened: ({ ticket, queue, author, followup }) =>
    `Ticket ${ticket.id} is open in queue ${queue.title}.${isClaim(followup) ? ` The mail says that it is from ${author}.` : ''}`,
  followed_up: ({ ticket, author, followup }) =>
    `${author} wrote about ticket ${ticket.id}${privateNote(followup)}${wakes(followup) ? ', which is no longer on hold' : ''}:`,
  resolved: ({ ticket, author }) => `${author} has resolved ticket ${ticket.id}:`,
  assigned: ({ ticket, author }) => `${author} has assigned ticket ${ticket.id} to you.`,
  reopened: ({ ticket, author, followup }) =>
    `${author} has reopened ticket ${ticket.id}${reasonNote(followup)}`,
  closed: ({ ticket, author, followup }) => `${author} has closed ticket ${ticket.id}${reasonNote(followup)}`,
  duplicate: ({ ticket, author, followup }) =>
    `${author} has marked ticket ${ticket.id} as a duplicate of ticket ${otherOf(followup)}. The submitter and the watchers of this ticket now watch that one.`,
  claimed: ({ ticket }) =>
    `A mail in your name was added to ticket ${ticket.id}. We cannot be sure that you wrote it:`,
  // Its follow-up says it.
  letter_failed: () => '',
  escalated: ({ ticket, quotes }) =>
    quotes
      ? `Ticket ${ticket.id} has escalated:`
      : 'Your ticket has waited longer than it should. We have raised its priority.',
  reminder: ({ ticket }) => `Ticket ${ticket.id} still waits:`,
  hold_ended: ({ ticket }) => `Ticket ${ticket.id} is no longer on hold:`,
  // Its follow-up says it.
  due: () => '',
}

const closings: Readonly<Record<TicketLetter, string>> = {
  opened: `To add to this ticket, ${ANSWER}`,
  followed_up: `To add to this ticket, ${ANSWER}`,
  resolved: `If anything is still open, ${ANSWER}`,
  assigned: `To add to this ticket, ${ANSWER}`,
  reopened: `To add to this ticket, ${ANSWER}`,
  closed: `If anything is still open, ${ANSWER}`,
  duplicate: `To add to that ticket, ${ANSWER}`,
  claimed: 'If you wrote it, all is well. If not, please tell the people who run this helpdesk.',
  letter_failed: `To add to this ticket, ${ANSWER}`,
  escalated: `To add to this ticket, ${ANSWER}`,
  reminder: `To add to this ticket, ${ANSWER}`,
  hold_ended: `To add to this ticket, ${ANSWER}`,
  due: `To add to this ticket, ${ANSWER}`,
}

/** They ask for something else than a command about their ticket. */
const WITHOUT_LINKS: readonly TicketLetter[] = ['claimed', 'duplicate', 'letter_failed']

/** The text of a letter about a ticket: what happened, what was written (unchanged), and the state of the ticket. */
export function letterText(event: TicketLetter, about: About): string {
  const followup = about.quotes ? about.followup : undefined
  const parts = [
    openings[event](about),
    ...(followup ? quoted(followup) : []),
    (followup?.attachments ?? []).map(attached).join('\n'),
    cardOf(event === 'letter_failed' ? { ...about, failing: undefined } : about),
    event === 'letter_failed' && about.unreached !== undefined
      ? correctionsOf(about.ticket, about.unreached)
      : '',
    about.replies?.hint ?? '',
    [closings[event], ...replyLines(about)].join('\n'),
    WITHOUT_LINKS.includes(event) ? '' : verbLinksText(about.links),
    stopOf(event, about),
  ]
  return together(parts)
}

function replyLines({ replies }: About): string[] {
  return replies ? [replies.reply] : []
}

/** How to leave the ticket; empty for those who cannot. */
function stopOf(event: TicketLetter, { stop }: About): string {
  if (stop === undefined) return ''
  if (stop === '') return 'To get no more mail about this ticket, ask the people who run this helpdesk.'
  return `To get no more mail about ${event === 'duplicate' ? 'that' : 'this'} ticket, send an empty mail to\n${stop}`
}

function privateNote(followup: Followup | undefined): string {
  return followup?.public ? '' : ' (private, not for the submitter)'
}

/** Whether the follow-up ended a hold. */
function wakes(followup: Followup | undefined): boolean {
  return followup?.changes.some(({ field, to }) => field === 'on_hold' && to === false) ?? false
}

/** Ends the opening: with the reason to come, or without one. */
function reasonNote(followup: Followup | undefined): string {
  return followup?.comment ? `${privateNote(followup)}:` : '.'
}

/** The ticket that the follow-up made another one a duplicate of. */
function otherOf(followup: Followup | undefined): Value {
  return followup?.changes.find(({ field }) => field === 'duplicate_of')?.to ?? '?'
}

function quoted(followup: Followup): string[] {
  const { text, isWhole } = quoteOf(followup)
  return isWhole ? [text] : [text, WHOLE_LINE]
}

export function tagOf({ id }: Ticket, { slug }: Queue): string {
  return `[${slug}-${id}]`
}

/** Whether the follow-up names a user as its author without proof. */
function isClaim(followup: Followup | undefined): boolean {
  return followup?.author.kind === 'submitter' && followup.author.proven === false
}

/** Joins the parts with one blank line between them; empty parts are left out. */
export function together(parts: readonly string[]): string {
  return `${parts.filter(part => part !== '').join('\n\n')}\n`
}

/** The current state of the ticket, one line per fact. */
function cardOf({ ticket, queue, owner, overdue, submitter, known, failing, watchers }: About): string {
  return [
    `Ticket:    ${tagOf(ticket, queue)} ${ticket.title}`,
    `Status:    ${statuses[ticket.status]}${ticket.on_hold ? `, on hold${untilNote(ticket.hold_until ?? null)}` : ''}`,
    `Priority:  ${priorities[ticket.priority]}`,
    ...(ticket.due_date === null ? [] : [`Due:       ${ticket.due_date}${overdue ? ', overdue' : ''}`]),
    `Owner:     ${owner ?? 'nobody yet'}`,
    ...(submitter === undefined ? [] : [`Submitter: ${submitter}`]),
    ...(watchers.length === 0 ? [] : [`Watchers:  ${watchers.join(', ')}`]),
    ...(known === undefined ? [] : [known]),
    ...(failing === undefined ? [] : [`Failing:   ${failing}`]),
  ].join('\n')
}

function attached({ filename, size }: Attachment): string {
  return `Attached: ${filename} (${sizeOf(size)})`
}

function sizeOf(bytes: number): string {
  if (bytes < 1000) return `${bytes} bytes`
  if (bytes < 1e6) return `${Math.round(bytes / 1e3)} kB`
  return `${(bytes / 1e6).toFixed(1)} MB`
}
