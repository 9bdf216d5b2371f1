import type { Author, Followup, Queue, Ticket } from '../../../data/tables.ts'
import { statuses } from '../../../data/tables.ts'

/** What a letter about a ticket is made from. */
export interface About {
  readonly ticket: Ticket
  readonly queue: Queue
  /** The username of the owner. */
  readonly owner: string | undefined
  readonly followup: Followup | undefined
  /** Who wrote the follow-up, for people to read. */
  readonly author: string
}
type TicketEvent = 'opened' | 'followed_up' | 'resolved'

const priorities = { 1: '1 (high)', 2: '2', 3: '3', 4: '4', 5: '5 (low)' } as const

/** The word behind the title in the subject. */
export const marks: Readonly<Record<TicketEvent, string>> = {
  opened: '(Opened)',
  followed_up: '(Updated)',
  resolved: '(Resolved)',
}

const openings: Readonly<Record<TicketEvent, (about: About) => string>> = {
  opened: ({ ticket, queue }) => `Ticket ${ticket.id} is open in queue ${queue.title}.`,
  followed_up: ({ ticket, author, followup }) =>
    followup?.public
      ? `${author} wrote about ticket ${ticket.id}:`
      : `${author} wrote about ticket ${ticket.id}, for agents alone; the submitter does not see it:`,
  resolved: ({ ticket, author }) => `${author} has resolved ticket ${ticket.id}:`,
}

const CLOSING = 'To add to the ticket, answer this letter and leave the subject as it is.'

export function textOf(event: TicketEvent, about: About): string {
  const { followup } = about
  const files =
    followup?.attachments.map(({ filename, size }) => `Attached: ${filename} (${size} bytes)`) ?? []
  const said = [followup?.comment ?? '', files.join('\n')].filter(part => part !== '')
  return [openings[event](about), ...said, cardOf(about), CLOSING].join('\n\n')
}

export function tagOf({ id }: Ticket, { slug }: Queue): string {
  return `[${slug}-${id}]`
}

/** The ticket as it stands, a line for each thing that matters. */
export function cardOf({ ticket, queue, owner }: About): string {
  return [
    `Ticket:    ${tagOf(ticket, queue)} ${ticket.title}`,
    `Status:    ${statuses[ticket.status]}${ticket.on_hold ? ', on hold' : ''}`,
    `Priority:  ${priorities[ticket.priority]}`,
    `Owner:     ${owner ?? 'nobody'}`,
    `Submitter: ${ticket.submitter_email ?? 'nobody'}`,
  ].join('\n')
}

/** The letter that answers a command: what was done or why not, the ticket, and what can be said next. */
export function answerOf(sentences: readonly string[], about: About | undefined): string {
  const next = about ? nextOf(about.ticket) : 'Mail "help" for all that can be said.'
  return [...sentences, ...(about ? [cardOf(about)] : []), next].join('\n\n')
}

function nextOf({ id, on_hold }: Ticket): string {
  return [
    'What can be said next, as a subject:',
    `  ${on_hold ? 'unhold' : 'hold'} ${id}`,
    `  followup ${id} public: your message`,
    `  resolve ${id}: what was done`,
    '  help',
  ].join('\n')
}

export function nameOf(author: Author, username: string | undefined): string {
  if (author.kind === 'user') return username ?? 'A former user'
  if (author.kind === 'submitter') return author.address ?? 'Somebody'
  return author.kind === 'operator' ? 'The operator' : 'The helpdesk'
}
