import { type MailAnswer, type NextCommand, statuses, type Ticket } from '../../../../data/tables.ts'
import { untilNote } from '../../../../handlers/escalation/hold_end.ts'
import { type About, tagOf, together } from './english.ts'
import { mailto } from './mailto.ts'

const LABELS: Readonly<Record<NextCommand['does'], string>> = {
  undo: 'To undo that',
  mend: 'If you meant this',
  ticket: 'To file your mail as a ticket',
  note: 'To add your mail as a private note',
}
/** In the order in which a letter has them. */
const DOES = Object.keys(LABELS) as NextCommand['does'][]
const IN_PART = ' (without its files and the rest of its text)'
/** How many commands are offered beside the others. */
const MOST_OFFERED = 3

/** Gives the address that the mail with a command goes to. */
type AddressFor = (line: string) => string

/**
 * The text of the answer to a command: what was done or why not, the ticket in short, and what can be sent next, each as a link below its
 * subject; what takes back what was done comes first. It has short lines, since people read it on phones; a link has as many characters as
 * it needs.
 */
export function answerOf(answer: MailAnswer, about: About | undefined, addressFor: AddressFor): string {
  const { subject, sentences, shows, next = [] } = answer
  const linked = DOES.map(does => {
    const these = next.filter(command => command.does === does)
    return these.length === 0 ? '' : labelled(LABELS[does], these, addressFor)
  })
  if (about) {
    const offered = offeredFor(about.ticket, next)
    const others = [
      'Or send:',
      ...offered.flatMap(line => [line, mailto({ address: addressFor(line), subject: line })]),
    ]
    return together([
      ...sentences,
      shows ? '' : shortCard(about),
      ...linked,
      others.join('\n'),
      about.replies?.reply ?? '',
    ])
  }
  // A submitter who asks for the status can give no commands.
  const needsNoHint = /^\s*(?:help\b|status\W*$)/i.test(subject)
  return together([
    ...sentences,
    ...linked,
    needsNoHint ? '' : 'For a list of all commands, send a mail with the subject "help".',
  ])
}

/** Links of one kind below what they do. */
function labelled(label: string, next: readonly NextCommand[], addressFor: AddressFor): string {
  const isPart = next.some(({ in_part }) => in_part)
  const lines = next.flatMap(({ line, text }) => {
    const subject = { address: addressFor(line), subject: line }
    return [line, mailto(text === undefined ? subject : { ...subject, text })]
  })
  return [`${label}${isPart ? IN_PART : ''}:`, ...lines].join('\n')
}

/** What is usual for a ticket in this state, but for the verbs that are offered already; and help, alone for a mail that was no command. */
function offeredFor({ id, on_hold, status, assigned_to }: Ticket, next: readonly NextCommand[]): string[] {
  if (next.some(({ does }) => does !== 'undo')) return ['help']
  const usual =
    status > 2
      ? [`reopen ${id}`, `answer ${id}`]
      : [
          ...(assigned_to === null ? [`take ${id}`] : []),
          `answer ${id}`,
          on_hold ? `unhold ${id}` : `hold ${id} until tomorrow`,
          `resolve ${id}`,
        ]
  const verbs = next.map(({ line }) => verbOf(line))
  return [...usual.filter(line => !verbs.includes(verbOf(line))).slice(0, MOST_OFFERED), 'help']
}

function verbOf(line: string): string {
  return line.slice(0, line.indexOf(' '))
}

/** The ticket in two short lines, and why letters to its submitter do not arrive. */
function shortCard({ ticket, queue, owner, overdue, failing }: About): string {
  const facts = [
    `${statuses[ticket.status]}${ticket.on_hold ? `, on hold${untilNote(ticket.hold_until ?? null)}` : ''}`,
    `priority ${ticket.priority}`,
    ...(ticket.due_date === null ? [] : [`due ${ticket.due_date}${overdue ? ' (overdue)' : ''}`]),
    owner === undefined ? 'no owner' : `owner ${owner}`,
  ]
  return [
    `${tagOf(ticket, queue)} ${ticket.title}`,
    facts.join(', '),
    ...(failing === undefined ? [] : [`Failing: ${failing}`]),
  ].join('\n')
}
