// One thing: the list of what will happen to tickets by themselves, for programs and for people.
import type { Search } from '../../data/store.ts'
import type { Priority, Queue, Ticket } from '../../data/tables.ts'
import type { Call } from '../method.ts'
import { ID, listOf, objectOf, orNull, TEXT } from '../result_schema.ts'
import { cursorOf, positionIn } from '../tickets/cursor.ts'
import { shortened } from '../tickets/listing.ts'
import { actorSees, limitOf } from '../visible.ts'
import { dateOf, dayOf } from './day.ts'
import { weekdayText } from './day_words.ts'
import type { DueStep } from './due_step.ts'
import { ruleOf, stepOf } from './looked_up.ts'
import type { Rule, Step, Why } from './next_step.ts'

const USUAL = 50

interface Asked {
  readonly queue?: Queue | undefined
  readonly ticket?: Ticket | undefined
  readonly limit?: number | undefined
  readonly after?: string | undefined
}
/** What happens next to a ticket by itself. */
export interface Forecast {
  readonly ticket: number
  readonly title: string
  /** Its slug. */
  readonly queue: string
  readonly priority: Priority
  readonly step: Exclude<Step['kind'], 'none'> | null
  /** The local day, `YYYY-MM-DD`. */
  readonly day: string | null
  /** The priority to which it rises. */
  readonly to: Priority | null
  readonly why: Why | null
  /** `YYYY-MM-DD`. */
  readonly due_date: string | null
  /** The local day of the next reminder of it. */
  readonly due_reminder: string | null
}
export interface Forecasts {
  readonly tickets: readonly Forecast[]
  readonly next: string | null
}
const STEPS = ['rise', 'remind', 'wake', 'recount', null]
const REASONS: readonly (Why | null)[] = [
  'not_open',
  'on_hold',
  'awaits_answer',
  'no_escalation',
  'no_counted_day',
  null,
]
const DATE = { type: 'string', format: 'date' }
const PRIORITY = { type: 'integer', minimum: 1, maximum: 5 }
export const FORECASTS = objectOf({
  tickets: listOf(
    objectOf({
      ticket: ID,
      title: TEXT,
      queue: TEXT,
      priority: PRIORITY,
      step: { enum: STEPS },
      day: orNull(DATE),
      to: orNull(PRIORITY),
      why: { enum: REASONS },
      due_date: orNull(DATE),
      due_reminder: orNull(DATE),
    }),
  ),
  next: orNull(TEXT),
})

/** The search for the tickets, and for one more. Throws Failure `invalid` for a cursor of another list. */
export function ticketsAsked(
  { queue, ticket, limit = USUAL, after }: Asked,
  { actor }: Pick<Call, 'actor'>,
): Search<Ticket> {
  const limited = limitOf(actor)
  const list = {
    where: {
      ...(queue ? { queue: queue.id } : limited ? { queue: { in: limited } } : {}),
      ...(ticket ? { id: ticket.id } : { status: { in: [1, 2] as const } }),
    },
    by: [],
  }
  return { ...list, limit: limit + 1, ...(after === undefined ? {} : { after: positionIn(after, list, {}) }) }
}

/** The forecasts for the tickets that the search has found. */
export async function forecastsOf(asked: Asked, call: Call): Promise<Forecasts> {
  const { tx, actor, found, hours } = call
  const page = found.slice(0, asked.limit ?? USUAL)
  const rules = new Map<number, { readonly queue: Queue; readonly rule: Rule }>()
  const tickets: Forecast[] = []
  for (const { id } of page) {
    const ticket = await tx.get('tickets', id)
    if (!ticket || !actorSees(actor, ticket.queue)) continue
    const queue = (await tx.get('queues', ticket.queue))!
    const known = rules.get(queue.id) ?? { queue, rule: await ruleOf(tx, queue, hours) }
    rules.set(queue.id, known)
    tickets.push(await forecastOf(call, ticket, known))
  }
  const last = found.length > page.length ? page.at(-1) : undefined
  const list = ticketsAsked({ ...asked, after: undefined }, call)
  return { tickets, next: last ? cursorOf(last, list, {}) : null }
}

async function forecastOf(
  { tx, now }: Call,
  ticket: Ticket,
  { queue, rule }: { readonly queue: Queue; readonly rule: Rule },
): Promise<Forecast> {
  const at = Date.parse(now)
  const { step, due } = await stepOf(tx, ticket, rule, at)
  const about = {
    ticket: ticket.id,
    title: ticket.title,
    queue: queue.slug,
    priority: ticket.priority,
    due_date: ticket.due_date,
    due_reminder: due ? dateOf(dayOfRun(due, rule, at)) : null,
  }
  if (step.kind === 'none') return { ...about, step: null, day: null, to: null, why: step.why }
  return {
    ...about,
    step: step.kind,
    day: dateOf(dayOfRun(step, rule, at)),
    to: step.kind === 'rise' ? step.to : null,
    why: null,
  }
}

/** The local day of a step. One that is due, for example since the days of the queue have just changed, is taken at the next hour. */
export function dayOfRun({ day, from }: DueStep, { zone, at }: Rule, now: number): number {
  if (from > now) return day
  const today = zone.dayAt(now)
  return zone.momentOf(today, at) > now ? today : today + 1
}

/** The forecasts for people: a few short lines a ticket. */
export function forecastsText({ tickets, next }: Forecasts, { queue }: Asked): string {
  if (tickets.length === 0 && next === null) return 'There are no such tickets.'
  const lines = tickets.map(one => `${one.ticket} ${shortened(one.title)}\n${wordsOf(one)}${dueWords(one)}`)
  const filter = queue ? `queue=${queue.slug} ` : ''
  const more =
    next === null ? [] : [`There are more. For the next page, write:\nescalation ${filter}after=${next}`]
  return [...lines, ...more].join('\n\n')
}

function wordsOf({ step, day, queue, priority, to, why }: Forecast): string {
  if (day === null || step === null) return whyWords(why, queue)
  const when = dateText(day)
  if (step === 'rise') return `rises from priority ${priority} to ${to} on ${when}`
  if (step === 'remind') return `has priority ${priority}; reminder on ${when}`
  if (step === 'wake') return `on hold until ${when}`
  return `its days count from ${when} on, since the clock was put back`
}

/** Of an open ticket, when it is due, and when somebody is reminded of that. */
function dueWords({ due_date, due_reminder, why }: Forecast): string {
  if (due_date === null || why === 'not_open') return ''
  const isHeld = why === 'on_hold' || why === 'awaits_answer'
  const none = isHeld ? 'no reminder while it is on hold' : 'no more reminders'
  const reminder = due_reminder === null ? none : `reminder of that on ${dateText(due_reminder)}`
  return `\nits due date is ${dateText(due_date)}\n${reminder}`
}

/** With its year: nobody knows when the answer is read. */
function dateText(date: string): string {
  const day = dayOf(date)!
  return weekdayText(day, day + 1)
}

function whyWords(why: Why | null, queue: string): string {
  switch (why) {
    case 'not_open':
      return 'does not rise: it is not open'
    case 'on_hold':
      return 'does not rise: it is on hold'
    case 'awaits_answer':
      return 'does not rise: it is on hold until the submitter answers'
    case 'no_counted_day':
      return `never rises: within a year no day counts in queue ${queue}`
    default:
      return `never rises: queue ${queue} has no escalation`
  }
}
