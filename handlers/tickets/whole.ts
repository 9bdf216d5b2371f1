// One thing: a ticket with its thread, for programs and, from the same facts, for people.
import { beginningOf, wholeLinesOf } from '../../data/beginning.ts'
import { KIB } from '../../data/sizes.ts'
import type { Ticket } from '../../data/tables.ts'
import { untilNote } from '../escalation/hold_end.ts'
import { failingAmong, failingFacts, failingWords } from '../letters/failing_addresses.ts'
import type { Call } from '../method.ts'
import { BOOLEAN, COUNT, listOf, objectOf, orNull, TEXT } from '../result_schema.ts'
import { senderWords } from '../sender_words.ts'
import { limitOf } from '../visible.ts'
import { type ChangeFacts, changeWords } from './change_facts.ts'
import { factsOf, TICKET_FACTS, type TicketFacts } from './facts.ts'
import { knownOf, knownWords } from './submitter_history.ts'
import { FOLLOWUP_FACTS, type FollowupFacts, followupFactsOf } from './thread_facts.ts'

/** In characters, of all comments that a program gets; and in bytes, of what people get, which fits in one letter. */
export const MOST_FOR_PROGRAMS = 1024 * KIB
const MOST_FOR_PEOPLE = 28 * KIB
/** In bytes, of one comment. */
const MOST_OF_ONE = 8 * KIB
/** In bytes, of a value that changed. */
const LONGEST_VALUE = 200

const encoder = new TextEncoder()

/** A ticket with its thread. */
export interface WholeTicket extends TicketFacts {
  /** The display name; without an address, the From of the mail as written. */
  readonly submitter_name: string | null
  /** Whether the submitter has asked for no more letters about it. */
  readonly submitter_stopped: boolean
  readonly resolution: string | null
  readonly watchers: readonly string[]
  /** Those of them who get only what agents write. */
  readonly unconfirmed_watchers: readonly string[]
  /** What is known of the submitter, in a sentence. */
  readonly submitter_history: string | null
  /** The addresses of submitter and watchers that letters do not reach, each with the last reply of a server. */
  readonly failing: readonly ReturnType<typeof failingFacts>[]
  /** How many follow-ups before those in `followups` are left out. */
  readonly left_out: number
  readonly followups: readonly FollowupFacts[]
}
export const WHOLE_TICKET = objectOf({
  ...TICKET_FACTS,
  submitter_name: orNull(TEXT),
  submitter_stopped: BOOLEAN,
  resolution: orNull(TEXT),
  watchers: listOf(TEXT),
  unconfirmed_watchers: listOf(TEXT),
  submitter_history: orNull(TEXT),
  failing: listOf(objectOf({ address: TEXT, reply: TEXT, complained: BOOLEAN })),
  left_out: COUNT,
  followups: listOf(FOLLOWUP_FACTS),
})

/** Reads a ticket with the newest of its follow-ups, about `most` characters of them. */
export async function wholeTicket(call: Call, ticket: Ticket, most: number): Promise<WholeTicket> {
  const { tx, actor } = call
  const followups = await followupFactsOf(call, ticket, most)
  const known = await knownOf(tx, ticket, limitOf(actor))
  return {
    ...(await factsOf(call, ticket)),
    submitter_name: ticket.submitter_name ?? null,
    submitter_stopped: ticket.submitter_stopped ?? false,
    resolution: ticket.resolution,
    watchers: ticket.watchers ?? [],
    unconfirmed_watchers: ticket.unconfirmed_watchers ?? [],
    submitter_history: known ? knownWords(known, ticket) : null,
    failing: (await failingAmong(tx, outsidersOf(ticket))).map(failingFacts),
    left_out: (followups[0]?.number ?? 1) - 1,
    followups,
  }
}

function outsidersOf({ submitter_email, watchers = [] }: Ticket): readonly string[] {
  return submitter_email === null ? watchers : [submitter_email, ...watchers]
}

/** The ticket for people: short lines, the newest follow-up last. Of a long thread the beginning is left out. */
export function ticketText({ followups, left_out, ...ticket }: WholeTicket): string {
  const shown: string[] = []
  let bytes = 0
  for (const followup of followups.toReversed()) {
    const text = followupText(followup)
    bytes += encoder.encode(text).length
    if (shown.length > 0 && bytes > MOST_FOR_PEOPLE) break
    shown.unshift(text)
  }
  const without = left_out + followups.length - shown.length
  const gap = without === 0 ? [] : [`(${without} earlier follow-ups are left out.)`]
  return [headText(ticket), ...gap, ...shown].join('\n\n')
}

/** The same ticket without the texts that can be redacted. */
export function withoutTexts(whole: WholeTicket): WholeTicket {
  const left_out = whole.left_out + whole.followups.length
  return { ...whole, resolution: null, left_out, followups: [] }
}

type Head = Omit<WholeTicket, 'followups' | 'left_out'>

function headText({ ticket, title, queue, owner, status, priority, ...more }: Head): string {
  const {
    on_hold,
    hold_until,
    due_date,
    overdue,
    submitter_email,
    submitter_name,
    submitter_stopped,
    submitter_history,
    failing,
    ...watching
  } = more
  const { watchers, unconfirmed_watchers } = watching
  const confirmed = watchers.filter(address => !unconfirmed_watchers.includes(address))
  const submitter = senderWords({ address: submitter_email, name: submitter_name ?? undefined })
  const hold = on_hold ? `, on hold${untilNote(hold_until)}` : ''
  const facts = [queue.title, `${status}${hold}`, `P${priority}`, 'times in UTC']
  return [
    `${ticket} ${title}`,
    facts.join(' · '),
    `Owner: ${owner ?? 'nobody'}`,
    `Submitter: ${submitter ?? 'nobody'}`,
    ...(submitter_stopped ? ['The submitter gets no more letters about it, as asked.'] : []),
    ...(submitter_history === null ? [] : [submitter_history]),
    ...(due_date === null ? [] : [`Due: ${due_date}${overdue ? ', overdue' : ''}`]),
    ...(confirmed.length === 0 ? [] : [`Watchers: ${confirmed.join(', ')}`]),
    ...(unconfirmed_watchers.length === 0
      ? []
      : [`Watchers by To or Cc, who get only what agents write: ${unconfirmed_watchers.join(', ')}`]),
    ...failing.map(failingWords),
  ].join('\n')
}

function followupText(followup: FollowupFacts): string {
  const { number, author, date, comment, original, changes, attachments, letters } = followup
  const when = `${date.slice(0, 10)} ${date.slice(11, 16)}`
  const text = wholeLinesOf(comment, MOST_OF_ONE).trimEnd()
  const isWhole = !followup.is_beginning && text === comment.trimEnd()
  return [
    `#${number} ${author} · ${when} · ${followup.public ? 'public' : 'private'}`,
    ...(text === '' ? [] : [text]),
    ...(isWhole ? [] : ['(This is only the beginning.)']),
    ...(followup.nothing_new ? ['(Nothing new: only a quote or a signature.)'] : []),
    ...(original === null ? [] : [`Original: ${original.filename} (${original.size} bytes)`]),
    ...changesText(changes, text),
    ...attachments.map(
      ({ attachment, filename, size }) => `Attachment ${attachment}: ${filename} (${size} bytes)`,
    ),
    ...(letters.length === 0
      ? []
      : [`Letters: ${letters.map(letterWords).join(letters.some(isReportedOn) ? '; ' : ', ')}`]),
  ].join('\n')
}

type LetterFacts = FollowupFacts['letters'][number]

function isReportedOn({ reports }: LetterFacts): boolean {
  return reports.length > 0
}

/** What became of a letter, and what mail systems have reported about it. */
function letterWords({ to, state, reports }: LetterFacts): string {
  const told = reports.map(({ outcome, words }) => `, ${outcome}: ${words}`)
  return `${to} ${state}${told.join('')}`
}

/** A line for each change. A resolution is the text of its follow-up, so it is not told again. */
function changesText(changes: readonly ChangeFacts[], text: string): readonly string[] {
  return changes
    .filter(({ field }) => field !== 'resolution' || text === '')
    .map(change => {
      const { field, from, to } = changeWords(change, value => beginningOf(value, LONGEST_VALUE))
      return `${field}: ${from} → ${to}`
    })
}
