import { authorWord } from '../author_word.ts'
import { change } from '../change.ts'
import { authorOf, method } from '../method.ts'
import { whole } from '../params/numbers_and_dates.ts'
import { ticket } from '../params/references.ts'
import { followupNumbered } from '../tickets/followup_number.ts'
import { withoutText } from '../tickets/redaction.ts'

export default method({
  name: 'redact',
  summary: 'Remove the text and the files of a follow-up for good.',
  description:
    'They are removed from all records and files: from the follow-up, from the resolution if that is the same text, from letters that quote it, and from the raw mails that were received since. A line in its place says who redacted it and when. Letters that were sent, and tickets that were resolved with the same text, are not changed; nor is the status. Redacting a follow-up again changes nothing.',
  may: 'agent',
  frees: true,
  final: true,
  params: {
    ticket: ticket('The ticket that the follow-up belongs to.'),
    followup: whole('The number of the follow-up within the ticket, from 1.', 1),
  },
  command: 'redact <ticket> followup <followup>',
  example: { command: 'redact 31794 followup 1', says: 'Follow-up 1 of ticket 31794 is redacted.' },
  run: async ({ ticket, followup: number }, call) => {
    const followup = await followupNumbered(call.tx, ticket.id, number)
    if (followup.redacted) return ticket
    const who = await authorWord(call.tx, authorOf(call.actor))
    const when = call.now.slice(0, 16).replace('T', ' ')
    const line = `(${who} removed the text and the files of this follow-up on ${when} UTC.)`
    return change(call, await withoutText(call.tx, ticket, followup, line), {}, { redacts: number })
  },
  says: ({ id }, { followup }) => `Follow-up ${followup} of ticket ${id} is redacted.`,
})
