import { about } from '../args.ts'
import { change } from '../change.ts'
import { dayOf } from '../escalation/day.ts'
import { weekdayText } from '../escalation/day_words.ts'
import { dueDateIn, withoutReminder } from '../escalation/due_date.ts'
import { zoneOf } from '../escalation/hours.ts'
import { method } from '../method.ts'
import { dueDay } from '../params/due_day.ts'
import { optional } from '../params/kind.ts'
import { ticket } from '../params/references.ts'
import { text } from '../params/texts.ts'

export default method({
  name: 'set_due',
  summary: 'Set the due date of a ticket.',
  description:
    'The owner, or whoever can act instead, is reminded on the day before and on that day, at the hour of the queue, as long as the ticket is open and not on hold; a reminder that could not be written comes with the next one, or afterwards as one that says since when the ticket is due. A day is one of the time zone of the queue, and not past; none takes the due date away. Staff are notified of the change. The reason is kept as a private follow-up.',
  may: 'agent',
  params: {
    ticket: ticket('The ticket whose due date changes.'),
    due_date: dueDay('The day by which the ticket must be resolved.'),
    reason: optional(text('Why the due date changes; the submitter does not see it.')),
  },
  command: 'due <ticket> <due_date>[: <reason>]',
  mailBody: 'reason',
  example: {
    command: 'due 31794 2030-12-24: the fair begins',
    says: 'Ticket 31794 is due on Tuesday, 24 December 2030.',
  },
  run: async ({ ticket, due_date: words, reason }, call) => {
    const zone = zoneOf((await call.tx.get('queues', ticket.queue))!, call.hours)
    const today = zone.dayAt(Date.parse(call.now))
    const due_date = await about('due_date', () => dueDateIn(words, today))
    const changed = await change(call, ticket, { due_date }, { comment: reason })
    const date = due_date === null ? null : weekdayText(dayOf(due_date)!, today)
    return { id: ticket.id, date, held: withoutReminder(changed, today) }
  },
  says: ({ id, date, held }) =>
    date === null ? `Ticket ${id} has no due date.` : `Ticket ${id} is due on ${date}.${held}`,
})
