// One thing: the rule of holds and escalations. The daemon acts by it, and the preview shows it.
import type { Priority, Ticket } from '../../data/tables.ts'
import type { Calendar } from './calendar.ts'
import { type Day, dayOf } from './day.ts'
import type { History } from './history.ts'
import type { HeldTime } from './holds.ts'
import type { Zone } from './zone.ts'

/** If so many days in a row that are not on hold do not count, the ticket never rises by itself. */
export const LONGEST_WAIT = 366

/** What decides about a queue's tickets. */
export interface Rule {
  /** After how many counted days without progress a ticket rises; never if null. */
  readonly days: number | null
  readonly calendar: Calendar
  readonly zone: Zone
  /** The local hour of each step, `HH:MM`. */
  readonly at: string
}
/** Why nothing will happen to a ticket by itself. */
export type Why = 'not_open' | 'on_hold' | 'awaits_answer' | 'no_escalation' | 'no_counted_day'
/**
 * What happens next to a ticket by itself, on which local day, and from which moment on (milliseconds since 1970): it wakes from its hold,
 * it rises, there is a reminder of it, or its days count from now on, since the clock was put back.
 */
export type Step =
  | { readonly kind: 'wake' | 'remind' | 'recount'; readonly day: Day; readonly from: number }
  | { readonly kind: 'rise'; readonly to: Priority; readonly day: Day; readonly from: number }
  | { readonly kind: 'none'; readonly why: Why }

/** The next step of a ticket. `now` is in milliseconds since 1970; a step whose moment is past is taken by the next run. */
export function nextStep(ticket: Ticket, history: History, rule: Rule, now: number): Step {
  const { status, on_hold, hold_until } = ticket
  const { zone, at } = rule
  if (status > 2) return { kind: 'none', why: 'not_open' }
  if (on_hold && hold_until === 'answer') return { kind: 'none', why: 'awaits_answer' }
  const until = on_hold && hold_until !== undefined ? dayOf(hold_until) : undefined
  if (until !== undefined) return { kind: 'wake', day: until, from: zone.momentOf(until, at) }
  if (on_hold) return { kind: 'none', why: 'on_hold' }
  if (rule.days === null) return { kind: 'none', why: 'no_escalation' }
  if (history.progress === Number.POSITIVE_INFINITY)
    return { kind: 'recount', day: zone.dayAt(now), from: now }
  const last = lastCountedDay(history, rule, rule.days)
  if (last === undefined) return { kind: 'none', why: 'no_counted_day' }
  const day = dayOfStep(last, history.holds, rule)
  const from = zone.momentOf(day, at)
  if (ticket.priority === 1) return { kind: 'remind', day, from }
  return { kind: 'rise', to: (ticket.priority - 1) as Priority, day, from }
}

/**
 * The day that completes so many counted days: whole local days after the day of the last progress, not excluded, with no moment on hold.
 * Undefined if a year off hold passes without one.
 */
function lastCountedDay(
  { progress, holds }: History,
  { calendar, zone }: Rule,
  days: number,
): Day | undefined {
  const held = holds.map(hold => daysOf(hold, zone))
  let day = zone.dayAt(progress)
  let waited = 0
  for (let left = days; left > 0; ) {
    day++
    const hold = held.find(([first, last]) => day >= first && day <= last)
    // However long a hold was, the days after it count.
    if (hold) {
      day = hold[1]
      if (day === Number.POSITIVE_INFINITY) return undefined
      continue
    }
    const counts = calendar.counts(day)
    waited = counts ? 0 : waited + 1
    if (counts) left--
    if (waited > LONGEST_WAIT) return undefined
  }
  return day
}

/** The first and the last local day with a moment of a hold. */
function daysOf({ from, to }: HeldTime, zone: Zone): readonly [Day, Day] {
  return [
    Number.isFinite(from) ? zone.dayAt(from) : Number.NEGATIVE_INFINITY,
    Number.isFinite(to) ? zone.dayAt(Math.max(from, to - 1)) : Number.POSITIVE_INFINITY,
  ]
}

/**
 * A step is taken at the hour of the day after the last counted one, whatever day that is; but not on a day that was on hold before that
 * hour, so that a ticket does not rise as soon as it wakes.
 */
function dayOfStep(last: Day, holds: readonly HeldTime[], { zone, at }: Rule): Day {
  if (holds.length === 0) return last + 1
  for (let day = last + 1; ; day++) {
    const [from, to] = [zone.startOf(day), zone.momentOf(day, at)]
    if (!holds.some(hold => hold.from <= to && hold.to > from)) return day
  }
}
