import { Failure, shown } from '../../data/failure.ts'
import type { Ticket } from '../../data/tables.ts'
import { type Day, dateOf, dayOf } from './day.ts'
import { dayIn, dayText, weekdayText } from './day_words.ts'

/** The word that takes a due date away. */
export const NO_DATE = 'none'
/** In days: how long ago a date may be that is named without its year. */
const RECENT = 60

/**
 * A due date in words, as a ticket keeps it; null for none. `today` is the day in the zone of the queue. Throws Failure `invalid` for
 * what is no day, and for a day that is past.
 */
export function dueDateIn(words: string, today: Day): string | null {
  if (words.toLowerCase() === NO_DATE) return null
  const day = dayIn(words, today)
  if (day >= today) return dateOf(day)
  throw new Failure(
    'invalid',
    `${shown(words)} is ${weekdayText(day, today)}, which is past; give today or a later day, or ${NO_DATE} to take the due date away.`,
  )
}

/** The sentence of a reminder: `due` is the due date, `today` the day on which it is written. */
export function dueSentence(subject: string, due: Day, today: Day): string {
  const date = weekdayText(due, today - RECENT)
  if (due > today + 1) return `${subject} is due on ${date}.`
  if (due === today + 1) return `${subject} is due tomorrow (${date}).`
  return due === today ? `${subject} is due today (${date}).` : `${subject} was due on ${date}.`
}

/** Whether the due date of a ticket, if it has one, is past on this local day. */
export function isPastDue({ due_date }: Pick<Ticket, 'due_date'>, today: Day): boolean {
  return due_date !== null && due_date < dateOf(today)
}

/** Whether a ticket should have been resolved by now. */
export function isOverdue(ticket: Pick<Ticket, 'due_date' | 'status'>, today: Day): boolean {
  return ticket.status <= 2 && isPastDue(ticket, today)
}

/**
 * The end of an answer about a ticket on hold, with a blank in front: that nobody is reminded of its due date. Empty if it has none, that is
 * past, it is not open, or it wakes on that date or before.
 */
export function withoutReminder(
  { status, on_hold, hold_until, due_date }: Pick<Ticket, 'status' | 'on_hold' | 'hold_until' | 'due_date'>,
  today: Day,
): string {
  const due = due_date === null ? undefined : dayOf(due_date)
  const wakes = dayOf(hold_until ?? '')
  if (due === undefined || due < today || !on_hold || status > 2) return ''
  if (wakes !== undefined && wakes <= due) return ''
  return ` While it is on hold, nobody is reminded of its due date, ${dayText(due, today)}.`
}
