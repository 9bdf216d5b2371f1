import type { FailingAddress, Ticket } from '../../../../data/tables.ts'
import { ANSWER } from '../../../../handlers/escalation/hold_end.ts'
import type { About, StaffFacts } from '../about.ts'
import { senderIn } from './author.ts'
import { tagOf } from './tag.ts'
import type { Wording } from './wording.ts'

/** Begins the card in every language: by it and the tag, a quote of a letter to staff is known in an answer. */
const CARD = 'Ticket:'

/** What staff should know of the ticket, a line each. */
export function cardOf(about: About): string {
  const { words, ticket, queue, staff } = about
  const { submitter_email: address, submitter_name: name } = ticket
  const submitter = senderIn(words, { address, name })
  const { watchers = [], known, failing } = staff ?? {}
  return [
    `${CARD} ${tagOf(ticket, queue)} ${ticket.title}`,
    stateOf(about),
    submitter === undefined ? words.say('card.no_submitter') : words.say('card.from', { submitter }),
    ...(watchers.length === 0 ? [] : [words.say('card.watchers', { watchers: words.list(watchers) })]),
    ...stoppedLines(words, ticket),
    ...(known === undefined ? [] : [knownLine(words, known)]),
    ...(failing === undefined ? [] : [failingLine(words, failing)]),
  ].join('\n')
}

/** The ticket in two short lines, and why letters to its submitter are not written or do not arrive. */
export function shortCardOf(about: About): string {
  const { words, ticket, queue, staff } = about
  const failing = staff?.failing ? [failingLine(words, staff.failing)] : []
  const stopped = staff ? stoppedLines(words, ticket) : []
  return [`${tagOf(ticket, queue)} ${ticket.title}`, stateOf(about), ...stopped, ...failing].join('\n')
}

/** Status, priority, due date and owner on one line. */
function stateOf({ words, ticket, owner, overdue }: About): string {
  const facts = [
    words.say(`status.${ticket.status}`),
    ...ticketFacts(words, ticket, overdue ? 'overdue' : 'due'),
    owner === undefined ? words.say('card.no_owner') : words.say('card.owner', { owner }),
  ]
  return words.capital(facts.join(', '))
}

/** What is known of a ticket besides its status and its owner. */
export function ticketFacts(words: Wording, ticket: Ticket, due: 'due' | 'overdue'): string[] {
  const { due_date } = ticket
  const dueWords = due_date === null ? [] : [words.say(`card.${due}`, { day: words.day(due_date) })]
  return [...holdOf(words, ticket), priorityOf(words, ticket), ...dueWords]
}

/** Whether a ticket is on hold, and until when; empty if it is not. */
export function holdOf(
  words: Wording,
  { on_hold, hold_until }: Pick<Ticket, 'on_hold' | 'hold_until'>,
): string[] {
  if (!on_hold) return []
  if (hold_until === undefined) return [words.say('card.on_hold')]
  if (hold_until === ANSWER) return [words.say('card.on_hold_until_answer')]
  return [words.say('card.on_hold_until', { day: words.day(hold_until) })]
}

export function priorityOf(words: Wording, { priority }: { readonly priority: number }): string {
  if (priority === 1) return words.say('card.priority_high', { priority })
  if (priority === 5) return words.say('card.priority_low', { priority })
  return words.say('card.priority', { priority })
}

function knownLine(
  words: Wording,
  { address, count, isMost, last, day }: NonNullable<StaffFacts['known']>,
): string {
  const status = words.say(`status.${last.status}`)
  return words.say(isMost ? 'card.known_many' : 'card.known', {
    sender: address,
    count,
    ticket: last.id,
    status,
    day: words.day(day),
  })
}

function stoppedLines(words: Wording, { submitter_email, submitter_stopped }: Ticket): string[] {
  if (!submitter_stopped || submitter_email === null) return []
  return [words.say('card.stopped', { address: submitter_email })]
}

function failingLine(words: Wording, { address: failing, reply, complained }: FailingAddress): string {
  return words.say(complained ? 'card.complained' : 'card.failing', { failing, reply })
}
