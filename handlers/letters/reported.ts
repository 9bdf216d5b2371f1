import type { Reader } from '../../data/store.ts'
import type { Letter, LetterReport, Ticket } from '../../data/tables.ts'
import { change } from '../change.ts'
import type { TicketEvent } from '../hearers/event_table.ts'
import type { Call } from '../method.ts'
import { withAttempt } from './attempts.ts'
import { stopForComplaint } from './failure_count.ts'
import { GatheredLetters, release } from './gathered.ts'
import { withReport } from './noted_reports.ts'
import { reasonOf } from './refusals/reason_of.ts'
import { isUntold } from './unreached.ts'

/** A letter and its ticket, as far as their records are still kept, and the words of the mail system. */
export interface Reported {
  readonly letter: Letter | undefined
  readonly ticket: Ticket | undefined
  readonly reply: string
}

/** Records that a letter failed, and tells who wrote it: in one letter, if it named several tickets. Like the others, gives a sentence. */
export async function recordFailure(
  call: Call,
  reported: Reported & { readonly isGivenUp: boolean },
): Promise<string> {
  const { letter, reply } = reported
  const what = capital(nameOf(letter))
  if (letter) {
    const attempts = withAttempt(letter.attempts, { at: call.now, reply })
    const { given_up: _, ...kept } = letter
    const givenUp = reported.isGivenUp ? { given_up: true as const } : {}
    await call.tx.put('letters', { ...kept, ...givenUp, state: 'failed', due: call.now, attempts })
  }
  const reason = reasonOf(reply)?.says
  const gathered = new GatheredLetters()
  for (const ticket of await ticketsOf(call.tx, reported)) {
    const comment = `${what} did not arrive: ${reply}${reason === undefined ? '' : `\n\n${reason}`}`
    await writeOnTicket({ ...call, gathered }, { ...reported, ticket }, comment, 'letter_failed')
  }
  await release(call.tx, gathered.numbers, call.now)
  return `${what} has failed.`
}

/** The tickets that a letter is about; without those that it names since another letter did not arrive, or it would go on for ever. */
async function ticketsOf(tx: Reader, { letter, ticket }: Reported): Promise<readonly Ticket[]> {
  if (ticket) return [ticket]
  const tickets = new Map<number, Ticket>()
  for (const id of letter?.followups ?? []) {
    const followup = await tx.get('followups', id)
    const named =
      followup?.about_letter === undefined && followup && (await tx.get('tickets', followup.ticket))
    if (named) tickets.set(named.id, named)
  }
  return [...tickets.values()]
}

/** Notes on the ticket what a report says that anyone who has the letter can write. The letter stays as it is. */
export async function recordUnprovenFailure(call: Call, reported: Reported): Promise<string> {
  const { letter, reply } = reported
  const state = letter ? `the letter still counts as ${letter.state}` : 'nothing else is done'
  const comment = [
    `A report says that ${nameOf(letter)} did not arrive: ${reply}`,
    `Nothing proves that. The report did not come to the return path of the letter, so ${state}.`,
  ]
  await writeOnTicket(call, reported, comment.join('\n\n'), 'followed_up')
  return `A report says that ${nameOf(letter)} has failed.`
}

/** Stops letters to the recipient of a letter who reported it as spam, and tells those who work on the ticket. */
export async function recordComplaint(call: Call, reported: Reported): Promise<string> {
  const { letter, reply } = reported
  await noteReport(call, reported, 'complaint')
  if (letter) await stopForComplaint(call, letter.to, reply)
  const comment = [
    `The recipient complained about ${nameOf(letter)} as spam: ${reply}`,
    ...(letter
      ? [`No more letters are written to ${letter.to}, until a mail comes from it or somebody clears it.`]
      : []),
  ]
  await writeOnTicket(call, reported, comment.join('\n\n'), 'followed_up')
  return `The recipient complained about ${nameOf(letter)} as spam.`
}

/** Notes on a letter what became of it. That changes nothing about its ticket. */
export async function noteReport(
  { tx, tickets, now }: Call,
  { letter, ticket, reply }: Reported,
  outcome: LetterReport['outcome'],
): Promise<string> {
  if (ticket) tickets.add(ticket.id)
  const { reports = [] } = letter ?? {}
  const reported = withReport(reports, { at: now, outcome, words: reply })
  if (letter && reported !== reports) await tx.put('letters', { ...letter, reports: reported })
  return `${capital(nameOf(letter))} is ${outcome}.`
}

/** Adds a private follow-up. Nobody is told if the letter itself tells that another did not arrive. */
async function writeOnTicket(
  call: Call,
  { letter, ticket }: Reported,
  comment: string,
  event: TicketEvent,
): Promise<void> {
  if (!ticket) return
  const isTold = !letter || !(await isUntold(call.tx, letter))
  const note = { comment: { beginning: comment }, about_letter: letter?.id }
  await change(reporting(call), ticket, {}, { ...note, ...(isTold ? { event } : {}) })
}

function nameOf(letter: Letter | undefined): string {
  return letter ? `the letter to ${letter.to}` : 'a letter whose record is no longer kept'
}

function capital(words: string): string {
  return words[0]!.toUpperCase() + words.slice(1)
}

/** A report that came by mail has the door `mail`; any other comes from the helpdesk itself. */
function reporting(call: Call): Call {
  return call.actor.kind === 'submitter' ? { ...call, door: 'mail' } : call
}
