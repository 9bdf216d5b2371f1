import { Failure } from '../../data/failure.ts'
import { change } from '../change.ts'
import { withAttempt } from '../letters/attempts.ts'
import { type Call, method } from '../method.ts'
import { optional } from '../params/kind.ts'
import { whole } from '../params/numbers_and_dates.ts'
import { line } from '../params/texts.ts'

export default method({
  name: 'report_letter',
  summary: 'Report a letter as failed.',
  description:
    'The reply of the receiving server is kept as a private follow-up. Nobody is notified by mail, since that mail might fail too. A letter that has already failed stays unchanged.',
  may: 'submitter',
  doors: ['daemon'],
  params: {
    letter: optional(whole('The number of the letter.', 1)),
    ticket: optional(whole('The number of its ticket, in case the record of the letter is gone.', 1)),
    reply: line('The reply of the receiving server.', 1000),
  },
  example: {
    command: 'report_letter letter=1 reply="550 5.1.1 no such mailbox"',
    says: 'The letter to fred@example.org has failed.',
  },
  run: async ({ letter: number, ticket: named, reply }, call) => {
    const letter = number === undefined ? undefined : await call.tx.get('letters', number)
    const id = letter ? letter.ticket : named
    const ticket = id ? await call.tx.get('tickets', id) : undefined
    if (!letter && !ticket)
      throw new Failure('not_found', `There is no letter ${number ?? 'with this return mark'}.`)
    const what = letter ? `The letter to ${letter.to}` : 'A letter whose record is no longer kept'
    if (letter?.state === 'failed') return what
    if (letter) {
      const attempts = withAttempt(letter.attempts, { at: call.now, reply })
      await call.tx.put('letters', { ...letter, state: 'failed', due: call.now, attempts })
    }
    if (ticket)
      await change(
        reporting(call),
        ticket,
        {},
        { comment: { beginning: `${what} did not arrive: ${reply}` } },
      )
    return what
  },
  says: what => `${what} has failed.`,
})

/** A report that came by mail has the door `mail`; any other comes from the helpdesk itself. */
function reporting(call: Call): Call {
  return call.actor.kind === 'submitter' ? { ...call, door: 'mail' } : call
}
