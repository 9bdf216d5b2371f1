import type { Ticket } from '../../data/tables.ts'
import { change, type Patch } from '../change.ts'
import type { TicketEvent } from '../hearers/event_table.ts'
import type { Call } from '../method.ts'
import { dateOf, dayOf } from './day.ts'
import { dueSentence } from './due_date.ts'
import { untilWords } from './foretold.ts'
import type { Next } from './looked_up.ts'
import type { Rule, Step } from './next_step.ts'

/** What a step does to a ticket: the change, the sentence of its follow-up, who is notified, and a sentence about it. */
interface Effect {
  readonly patch: Patch
  readonly comment: string
  readonly event?: TicketEvent
  readonly says: string
}

/**
 * Takes what is due for a ticket, a step, a reminder of its due date, or both at once: one change, one private follow-up and the letters.
 * Gives a sentence about it.
 */
export async function takeSteps(call: Call, ticket: Ticket, next: Next, rule: Rule): Promise<string> {
  const now = Date.parse(call.now)
  const { step, due } = next
  const effects: Effect[] = []
  if (step.kind !== 'none' && step.from <= now) effects.push(effectOf(call, ticket, { ...next, step }, rule))
  if (due && due.from <= now)
    effects.push(reminderOf(call, ticket, rule, effects[0] ? 'The ticket' : `Ticket ${ticket.id}`))
  if (effects.length === 0) return `Nothing is due for ticket ${ticket.id}.`
  const patch: Patch = Object.assign({}, ...effects.map(effect => effect.patch))
  const comment = { beginning: effects.map(effect => effect.comment).join(' ') }
  // Each step is told to the owner, or to somebody else who can act, as a due date is.
  await change(call, ticket, patch, { comment, event: effects.find(({ event }) => event)?.event })
  return effects.map(({ says }) => says).join(' ')
}

function effectOf(
  { now }: Call,
  { id, priority, hold_until, reminders = 0 }: Ticket,
  { step, history }: Next & { readonly step: Exclude<Step, { kind: 'none' }> },
  { days, zone }: Rule,
): Effect {
  const last_escalation = now
  const waited = `No progress for ${days} ${days === 1 ? 'day' : 'days'}`
  switch (step.kind) {
    case 'wake':
      return {
        patch: { on_hold: false },
        comment: `The hold until ${untilWords(hold_until!, zone.dayAt(Date.parse(now)))} has ended.`,
        event: 'hold_ended',
        says: `Ticket ${id} is not on hold.`,
      }
    case 'rise':
      return {
        patch: { priority: step.to, last_escalation, reminders: 0 },
        comment: `${waited}: the ticket rises from priority ${priority} to ${step.to}.`,
        event: 'escalated',
        says: `Ticket ${id} has priority ${step.to}.`,
      }
    case 'remind': {
      const count = history.isStep ? reminders + 1 : 1
      return {
        patch: { last_escalation, reminders: count },
        comment: `${waited}, and a ticket of priority 1 cannot rise: this is reminder ${count}.`,
        event: 'reminder',
        says: `There is a reminder of ticket ${id}.`,
      }
    }
    case 'recount':
      return {
        patch: { last_escalation },
        comment: 'The clock was put back. The days without progress are counted from today.',
        says: `The days of ticket ${id} are counted from today.`,
      }
  }
}

/** The reminder of a due date, with the subject of its sentence. */
function reminderOf({ now }: Call, { id, due_date }: Ticket, { zone }: Rule, subject: string): Effect {
  const today = zone.dayAt(Date.parse(now))
  return {
    patch: { due_reminded_on: dateOf(today), due_reminded_of: due_date! },
    comment: dueSentence(subject, dayOf(due_date!)!, today),
    event: 'due',
    says: `There is a reminder that ticket ${id} is due.`,
  }
}
