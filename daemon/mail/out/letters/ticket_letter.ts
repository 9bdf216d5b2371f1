// One thing: the text of a letter about one ticket, part by part in the order in which it has them.
import type { Followup, Value } from '../../../../data/tables.ts'
import type { TicketEvent } from '../../../../handlers/hearers/event_table.ts'
import type { About } from '../about.ts'
import { WHOLE_NAME } from '../attached.ts'
import { quotedLines, quoteOf } from '../quote.ts'
import { authorNamed } from './author.ts'
import { cardOf } from './card.ts'
import { changeLines } from './change_lines.ts'
import { correctionsOf } from './corrections.ts'
import { fileLines } from './file_lines.ts'
import { publicHint, replyLine } from './reply_words.ts'
import { together } from './together.ts'
import { verbLinksText } from './verb_links.ts'

/** A letter about one ticket: what happened to it, a mail that claims to be from the reader, or that the reader gets no more letters. */
export type TicketLetter = TicketEvent | 'claimed' | 'stopped'

/** They ask for something else than a command about their ticket. */
const WITHOUT_LINKS: readonly TicketLetter[] = ['claimed', 'duplicate', 'letter_failed']

/**
 * The text of a letter about a ticket: who did what, what was written (unchanged), for staff the state of the ticket, and what the reader
 * can do.
 */
export function letterText(event: TicketLetter, about: About): string {
  const { words, staff, followup, unreached } = about
  const isFailure = event === 'letter_failed'
  // That letter says what failed.
  const carded = isFailure && staff ? { ...about, staff: { ...staff, failing: undefined } } : about
  const { greeting = '', signature = '' } = staff ? {} : about.queue
  return together([
    greeting,
    openingOf(event, about),
    ...(followup && about.quotes ? quoted(about, followup) : []),
    ...changed(event, about),
    event === 'followed_up' && about.isOfStaff && wakes(followup) ? words.say('followed_up.woken') : '',
    about.isOfStaff ? cardOf(carded) : '',
    isFailure && unreached !== undefined ? correctionsOf(words, about.ticket, unreached) : '',
    staff?.replies.isTold ? publicHint(words, staff.replies.facts.proofs) : '',
    closingOf(event, about),
    about.choices,
    staff && !WITHOUT_LINKS.includes(event) ? verbLinksText(words, staff.links) : '',
    signature,
    stopOf(event, about),
    ...earlierText(about),
  ])
}

/** Who did what; empty if the follow-up says it. */
function openingOf(event: TicketLetter, about: About): string {
  const { words, ticket, queue, role, followup } = about
  const values = {
    ticket: ticket.id,
    queue: queue.title,
    author: authorNamed(about),
    other: otherOf(followup),
  }
  const isPrivate = followup?.public === false
  switch (event) {
    case 'letter_failed':
    case 'due':
      return ''
    case 'opened': {
      const claim = role === 'staff' && isClaim(followup) ? ` ${words.say('opened.claim', values)}` : ''
      return `${words.say(`opened.${role}`, values)}${claim}`
    }
    case 'followed_up':
      return words.say(`followed_up.${isPrivate ? 'private' : role}`, values)
    case 'reopened':
    case 'closed':
      if (!followup?.comment) return words.say(`${event}.${role}`, values)
      return words.say(`${event}.${isPrivate ? 'private' : role}_reason`, values)
    case 'resolved':
    case 'duplicate':
      return words.say(`${event}.${role}`, values)
    case 'escalated':
      return words.say(`escalated.${about.quotes ? 'staff' : 'submitter'}`, values)
    case 'changed':
      return words.say(followup?.comment ? 'followed_up.private' : 'changed.staff', values)
    case 'taken':
      return takenOpening(about, values)
    case 'stopped':
      return words.say('stopped.submitter')
    case 'assigned':
    case 'claimed':
    case 'reminder':
    case 'hold_ended':
      return words.say(`${event}.staff`, values)
  }
}

/** Who has the ticket instead of the reader, and by whose decision. */
function takenOpening(
  { words, changes }: About,
  values: { readonly ticket: number; readonly queue: string; readonly author: string },
): string {
  const owner = `${changes.find(({ field }) => field === 'assigned_to')?.to ?? ''}`
  return owner === values.author
    ? words.say('taken.staff', values)
    : words.say('taken.assigned', { ...values, owner })
}

/** What else has changed; below the words of a person, with a line that says so. */
function changed(event: TicketLetter, about: About): string[] {
  const { words, changes, ticket, queue } = about
  const isOwnerSaid = event === 'assigned' || event === 'taken'
  const told = isOwnerSaid ? changes.filter(({ field }) => field !== 'assigned_to') : changes
  const lines = changeLines(words, told).join('\n')
  if (lines === '' || event === 'changed') return [lines]
  const values = { ticket: ticket.id, queue: queue.title, author: authorNamed(about) }
  return [words.say('changed.along', values), lines]
}

/** What was written, and the names of its files. */
function quoted({ words, along, isOwn }: About, followup: Followup): string[] {
  const { text, isWhole } = quoteOf(followup)
  const beginning = isWhole ? '' : words.say('text.beginning', { file: WHOLE_NAME })
  return [isOwn ? quotedLines(text) : text, beginning, fileLines(words, followup.attachments, along)]
}

/** What was written before, the newest first. */
function earlierText(about: About): string[] {
  const { words } = about
  return about.earlier.flatMap(({ author, user, day, quote }) => [
    words.say('text.earlier', { author: authorNamed({ ...about, author, user }), day: words.day(day) }),
    quotedLines(quote.text),
  ])
}

/** What a reply does. */
function closingOf(event: TicketLetter, { words, staff }: About): string {
  const closing = closingWords(event, { words })
  if (!staff) return closing
  const reply = replyLine(words, staff.replies.facts)
  return event === 'claimed' ? `${closing}\n${reply}` : reply
}

function closingWords(event: TicketLetter, { words }: Pick<About, 'words'>): string {
  switch (event) {
    case 'opened':
      return words.say('closing.opened')
    case 'resolved':
    case 'closed':
      return words.say('closing.resolved')
    case 'duplicate':
      return words.say('closing.duplicate')
    case 'claimed':
      return words.say('closing.claimed')
    case 'stopped':
      return words.say('closing.stopped')
    default:
      return words.say('closing.answer')
  }
}

/** How to leave the ticket; empty for those who cannot. */
function stopOf(event: TicketLetter, { words, stop }: About): string {
  if (stop === undefined) return ''
  if (stop === '') return words.say('stop.ask')
  return words.say(event === 'duplicate' ? 'stop.other' : 'stop.this', { address: stop })
}

/** Whether the follow-up ended a hold. */
function wakes(followup: Followup | undefined): boolean {
  return followup?.changes.some(({ field, to }) => field === 'on_hold' && to === false) ?? false
}

/** The ticket that the follow-up made another one a duplicate of. */
function otherOf(followup: Followup | undefined): NonNullable<Exclude<Value, boolean>> {
  const to = followup?.changes.find(({ field }) => field === 'duplicate_of')?.to
  return typeof to === 'number' ? to : '?'
}

/** Whether the follow-up names a user as its author without proof. */
function isClaim(followup: Followup | undefined): boolean {
  return followup?.author.kind === 'submitter' && followup.author.proven === false
}
