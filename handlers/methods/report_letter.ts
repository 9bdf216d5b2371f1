import { Failure } from '../../data/failure.ts'
import { countFailure } from '../letters/failure_count.ts'
import { isHardFailure } from '../letters/hard_failure.ts'
import { noteReport, recordComplaint, recordFailure, recordUnprovenFailure } from '../letters/reported.ts'
import { method } from '../method.ts'
import { choice } from '../params/choices.ts'
import { optional } from '../params/kind.ts'
import { whole } from '../params/numbers_and_dates.ts'
import { line } from '../params/texts.ts'

const OUTCOMES = ['failed', 'delayed', 'delivered', 'read', 'complaint'] as const
/** By a refusal of our own attempt, by one of what is in the letter, by the end of our attempts, or by a report to the return path or with the Message-ID of the letter. */
const TIES = ['attempt', 'letter', 'age', 'return_path', 'message_id'] as const

export default method({
  name: 'report_letter',
  summary: 'Report what became of a letter.',
  description:
    'Of a failed letter, the reply of the receiving server is kept as a private follow-up. Whoever wrote what the letter says is told of it by letter, else the owner of the ticket, else the administrators; never at the address that failed. Nobody is told of the failure of such a letter, or of an answer to a command. A letter that has already failed stays unchanged. After three letters to an address that failed for good, no more are written to it. A report that only names the Message-ID of the letter proves nothing: it becomes a private follow-up that those concerned hear of, and the letter stays as it is. That a letter is delayed, delivered or read is noted on it. A complaint that it is spam is a private follow-up that those concerned hear of, and stops letters to that address.',
  may: 'submitter',
  doors: ['daemon'],
  params: {
    letter: optional(whole('The number of the letter.', 1)),
    ticket: optional(whole('The number of its ticket, in case the record of the letter is gone.', 1)),
    reply: line('The reply of the receiving server.', 1000),
    outcome: optional(choice('What became of it; failed by default.', OUTCOMES)),
    by: optional(
      choice(
        'How that is known: by a refusal, after the last attempt, or how a report names the letter.',
        TIES,
      ),
    ),
  },
  example: {
    command: 'report_letter letter=1 reply="550 5.1.1 no such mailbox"',
    says: 'The letter to fred@example.org has failed.',
  },
  run: async ({ letter: number, ticket: named, reply, outcome = 'failed', by = 'attempt' }, call) => {
    const letter = number === undefined ? undefined : await call.tx.get('letters', number)
    const id = letter ? letter.ticket : named
    const ticket = id ? await call.tx.get('tickets', id) : undefined
    if (!letter && !ticket)
      throw new Failure('not_found', `There is no letter ${number ?? 'with this return mark'}.`)
    const reported = { letter, ticket, reply }
    if (outcome === 'complaint') return recordComplaint(call, reported)
    if (outcome !== 'failed') return noteReport(call, reported, outcome)
    if (letter?.state === 'failed') return `The letter to ${letter.to} has failed.`
    if (by === 'message_id') return recordUnprovenFailure(call, reported)
    if (letter && by !== 'age' && by !== 'letter' && isHardFailure(reply))
      await countFailure(call, letter.to, reply)
    return recordFailure(call, { ...reported, isGivenUp: by === 'age' })
  },
  says: says => says,
})
