import { ruleFor } from '../escalation/foretold.ts'
import { stepOf } from '../escalation/looked_up.ts'
import { takeStep } from '../escalation/take_step.ts'
import { method } from '../method.ts'
import { ticket } from '../params/references.ts'

export default method({
  name: 'escalate',
  summary: 'Take the step that is due for a ticket.',
  description:
    'After escalate_days counted days without progress a ticket rises by one priority, and there is a reminder of a ticket of priority 1; a hold until a day ends. A ticket for which nothing is due stays unchanged.',
  may: 'admin',
  doors: ['daemon'],
  params: { ticket: ticket('The ticket.') },
  example: { command: 'escalate ticket=31794', says: 'Nothing is due for ticket 31794.' },
  run: async ({ ticket }, call) => {
    const now = Date.parse(call.now)
    const rule = await ruleFor(call, ticket)
    const { step, history } = await stepOf(call.tx, ticket, rule, now)
    if (step.kind === 'none' || step.from > now) return `Nothing is due for ticket ${ticket.id}.`
    return takeStep(call, ticket, step, { history, rule })
  },
  says: says => says,
})
