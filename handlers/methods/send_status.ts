import { fateOf } from '../letters/tell.ts'
import { authorOf, method } from '../method.ts'
import { address } from '../params/addresses.ts'
import { ownTickets } from '../tickets/own_tickets.ts'

export default method({
  name: 'send_status',
  summary: 'Tell a submitter the state of all tickets of that address.',
  description:
    'The answer to a mail with the subject status and no text, from an address that has submitted a ticket. It goes to that address alone, and counts against the caps on letters: nothing proves who wrote the mail. So it has only what earlier letters told the submitter: numbers, short titles, statuses, and the days of the last public news.',
  may: 'submitter',
  doors: ['daemon'],
  params: { email: address('The address in From.') },
  example: {
    command: 'send_status email=ann@example.net',
    says: 'ann@example.net has submitted no ticket.',
  },
  run: async ({ email }, call) => {
    const { tx, now, messageId } = call
    const tickets = await ownTickets(tx, email)
    const [newest] = tickets
    if (!newest) return `${email} has submitted no ticket.`
    const letter = { to: email, event: 'answered', ticket: newest, author: authorOf(call.actor) } as const
    if ((await fateOf(call, letter)) !== 'letter') return `No letter is sent to ${email}.`
    await tx.add('letters', {
      event: 'answered',
      to: email,
      ticket: null,
      followup: null,
      answer: { subject: 'status', message_id: messageId, sentences: [] },
      notice: { is: 'status', tickets: tickets.map(({ id }) => id) },
      state: 'waiting',
      created: now,
      due: now,
      attempts: [],
    })
    return `The state of ${tickets.length === 1 ? '1 ticket' : `${tickets.length} tickets`} is sent to ${email}.`
  },
  says: sentence => sentence,
})
