import type { Ticket } from '../../data/tables.ts'
import { change } from '../change.ts'
import type { Call } from '../method.ts'
import { untilWords } from './foretold.ts'
import type { History } from './history.ts'
import type { Rule, Step } from './next_step.ts'

/** Takes a step that is due: the change, a private follow-up and the letters. Gives a sentence about it. */
export async function takeStep(
  call: Call,
  ticket: Ticket,
  step: Exclude<Step, { kind: 'none' }>,
  { history, rule }: { readonly history: History; readonly rule: Rule },
): Promise<string> {
  const { id, priority } = ticket
  const last_escalation = call.now
  const waited = `No progress for ${rule.days} ${rule.days === 1 ? 'day' : 'days'}`
  switch (step.kind) {
    case 'wake': {
      const until = untilWords(ticket.hold_until!, rule.zone.dayAt(Date.parse(call.now)))
      await change(call, ticket, { on_hold: false }, told(`The hold until ${until} has ended.`, 'hold_ended'))
      return `Ticket ${id} is not on hold.`
    }
    case 'rise': {
      const rise = `${waited}: the ticket rises from priority ${priority} to ${step.to}.`
      const patch = { priority: step.to, last_escalation, reminders: 0 }
      await change(call, ticket, patch, told(rise, 'escalated'))
      return `Ticket ${id} has priority ${step.to}.`
    }
    case 'remind': {
      const reminders = history.isStep ? (ticket.reminders ?? 0) + 1 : 1
      const reminder = `${waited}, and a ticket of priority 1 cannot rise: this is reminder ${reminders}.`
      await change(call, ticket, { last_escalation, reminders }, told(reminder, 'reminder'))
      return `There is a reminder of ticket ${id}.`
    }
    case 'recount': {
      const recount = 'The clock was put back. The days without progress are counted from today.'
      await change(call, ticket, { last_escalation }, told(recount, undefined))
      return `The days of ticket ${id} are counted from today.`
    }
  }
}

function told<E>(sentence: string, event: E): { comment: { beginning: string }; event: E } {
  return { comment: { beginning: sentence }, event }
}
