import { ruleFor } from '../escalation/foretold.ts'
import { stepOf } from '../escalation/looked_up.ts'
import { takeSteps } from '../escalation/take_step.ts'
import { method } from '../method.ts'
import { ticket } from '../params/references.ts'

export default method({
  name: 'escalate',
  summary: 'Take the steps that are due for a ticket.',
  description:
    'After escalate_days counted days without progress a ticket rises by one priority, and there is a reminder of a ticket of priority 1; a hold until a day ends; there is a reminder on the day before the due date and on that day. A ticket for which nothing is due stays unchanged.',
  may: 'admin',
  doors: ['daemon'],
  params: { ticket: ticket('The ticket.') },
  example: { command: 'escalate ticket=31794', says: 'Nothing is due for ticket 31794.' },
  run: async ({ ticket }, call) => {
    const rule = await ruleFor(call, ticket)
    const next = await stepOf(call.tx, ticket, rule, Date.parse(call.now))
    return takeSteps(call, ticket, next, rule)
  },
  says: says => says,
})
