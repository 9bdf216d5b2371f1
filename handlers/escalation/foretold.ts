import type { Ticket } from '../../data/tables.ts'
import type { Call } from '../method.ts'
import { dayOf } from './day.ts'
import { dayText, weekdayText } from './day_words.ts'
import { withoutReminder } from './due_date.ts'
import { dayOfRun } from './forecast.ts'
import { ruleOf, stepOf } from './looked_up.ts'
import type { Rule, Step } from './next_step.ts'

/** The rule for a ticket. */
export async function ruleFor({ tx, hours }: Pick<Call, 'tx' | 'hours'>, { queue }: Ticket): Promise<Rule> {
  return ruleOf(tx, (await tx.get('queues', queue))!, hours)
}

/** The end of the answer to a hold: until when, what would have happened to the ticket without it, and what else does not. */
export async function holdWords(call: Call, before: Ticket, after: Ticket): Promise<string> {
  const now = Date.parse(call.now)
  const rule = await ruleFor(call, before)
  const today = rule.zone.dayAt(now)
  const until = after.hold_until === undefined ? undefined : untilWords(after.hold_until, today)
  const lost = before.on_hold
    ? undefined
    : stepWords((await stepOf(call.tx, before, rule, now)).step, rule, now, 'past')
  return `${until ? ` until ${until}` : ''}${lost ? `; ${lost}` : ''}.${withoutReminder(after, today)}`
}

/** The answer to the end of a hold goes on with it: what happens to the ticket next by itself. Empty if nothing does. */
export async function nextWords(call: Call, ticket: Ticket): Promise<string> {
  const now = Date.parse(call.now)
  const rule = await ruleFor(call, ticket)
  const { step } = await stepOf(call.tx, ticket, rule, now)
  const next = stepWords(step, rule, now, 'future')
  return next ? ` ${next}.` : ''
}

/** What ends a hold, in words. */
export function untilWords(until: string, today: number): string {
  const day = dayOf(until)
  return day === undefined ? 'the submitter answers' : weekdayText(day, today)
}

const VERBS = {
  rise: { past: 'it would have escalated on', future: 'It escalates on' },
  remind: { past: 'there would have been a reminder on', future: 'There is a reminder on' },
}

/** Undefined unless the ticket rises or there is a reminder of it. */
function stepWords(step: Step, rule: Rule, now: number, tense: 'past' | 'future'): string | undefined {
  if (step.kind !== 'rise' && step.kind !== 'remind') return undefined
  return `${VERBS[step.kind][tense]} ${dayText(dayOfRun(step, rule, now), rule.zone.dayAt(now))}`
}
