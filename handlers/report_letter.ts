import { Failure } from '../data/failure.ts'
import { change } from './change.ts'
import { method } from './method.ts'
import { line, whole } from './params.ts'

export default method({
  name: 'report_letter',
  summary: 'Report a letter as failed.',
  description:
    'What the other side said is kept as a private follow-up, of which nobody hears by mail, since that might fail too.',
  may: 'admin',
  doors: ['daemon'],
  params: {
    letter: whole('The number of the letter.', 1, Number.MAX_SAFE_INTEGER),
    reply: line('What the other side said.', 1000),
  },
  example: {
    command: 'report_letter letter=1 reply="550 5.1.1 no such mailbox"',
    says: 'The letter to fred@example.org has failed.',
  },
  run: async ({ letter: id, reply }, call) => {
    const letter = await call.tx.get('letters', id)
    if (!letter) throw new Failure('not_found', `There is no letter ${id}.`)
    const attempts = [...letter.attempts, { at: call.now, reply }]
    await call.tx.put('letters', { ...letter, state: 'failed', due: call.now, attempts })
    const ticket = letter.ticket === null ? undefined : await call.tx.get('tickets', letter.ticket)
    if (ticket)
      await change(call, ticket, {}, { comment: `The letter to ${letter.to} did not arrive: ${reply}` })
    return letter
  },
  says: letter => `The letter to ${letter.to} has failed.`,
})
