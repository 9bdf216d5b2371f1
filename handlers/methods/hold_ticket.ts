import { about } from '../args.ts'
import { change } from '../change.ts'
import { holdWords, ruleFor } from '../escalation/foretold.ts'
import { endOfHold } from '../escalation/hold_end.ts'
import { method } from '../method.ts'
import { attachments } from '../params/files.ts'
import { optional } from '../params/kind.ts'
import { ticket } from '../params/references.ts'
import { text } from '../params/texts.ts'
import { until } from '../params/until.ts'

export default method({
  name: 'hold_ticket',
  summary: 'Put a ticket on hold.',
  description:
    'A ticket on hold is not escalated, and there are no reminders of it. The hold ends by itself on the day that until names, at the hour of the queue, or with the next answer of the submitter or a watcher (until answer); its owner is told. Without until, it lasts until unhold_ticket; resolving or closing the ticket ends it, too. Putting it on hold again changes nothing but until. The reason is kept as a private follow-up.',
  may: 'agent',
  params: {
    ticket: ticket('The ticket to put on hold.'),
    until: optional(until('When the hold ends by itself.')),
    reason: optional(text('Why the ticket is put on hold; the submitter does not see it.')),
    attachments: optional(attachments('Files to attach to the follow-up.')),
  },
  command: 'hold <ticket> [until <until>][: <reason>]',
  mailBody: 'reason',
  example: { command: 'hold 31794: waiting for the part', says: 'Ticket 31794 is on hold.' },
  run: async ({ ticket, until, reason, attachments }, call) => {
    const rule = await ruleFor(call, ticket)
    const end =
      until === undefined
        ? {}
        : { hold_until: await about('until', () => endOfHold(until, rule, Date.parse(call.now))) }
    const held = await change(call, ticket, { on_hold: true, ...end }, { comment: reason, attachments })
    return { id: held.id, words: await holdWords(call, ticket, held) }
  },
  says: ({ id, words }) => `Ticket ${id} is on hold${words}`,
})
