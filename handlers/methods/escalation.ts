import { FORECASTS, forecastsOf, forecastsText, ticketsAsked } from '../escalation/forecast.ts'
import { method } from '../method.ts'
import { optional } from '../params/kind.ts'
import { whole } from '../params/numbers_and_dates.ts'
import { queue, ticket } from '../params/references.ts'
import { line } from '../params/texts.ts'

export default method({
  name: 'escalation',
  summary: 'Say what will happen to tickets by themselves.',
  description:
    'For each open or reopened ticket, oldest first: the day on which it rises, on which there is a reminder of it (priority 1 cannot rise) or on which its hold ends, or why nothing happens; and its due date with the day of the next reminder of that. ticket asks about one ticket, with any status. A day is one of the time zone of its queue. A program gets tickets and next; after=NEXT with the same queue gives the next page, and next is null on the last one.',
  may: 'agent',
  reads: true,
  params: {
    queue: optional(queue('Only tickets of this queue.')),
    ticket: optional(ticket('Only this ticket.')),
    limit: optional(whole('How many tickets to give; defaults to 50.', 1, 200)),
    after: optional(line('Where to go on: next of the answer before, with the same queue.', 500)),
  },
  command: ['escalation [<queue>]', 'escalation ticket <ticket>'],
  example: {
    command: 'escalation support',
    says: '31794 The printer is on fire\nnever rises: queue support has no escalation',
    gives: {
      tickets: [
        {
          ticket: 31794,
          title: 'The printer is on fire',
          queue: 'support',
          priority: 3,
          step: null,
          day: null,
          to: null,
          why: 'no_escalation',
          due_date: null,
          due_reminder: null,
        },
      ],
      next: null,
    },
  },
  seeks: ticketsAsked,
  run: forecastsOf,
  says: forecastsText,
  gives: forecasts => forecasts,
  givesSchema: FORECASTS,
})
