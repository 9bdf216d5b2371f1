import { Failure } from '../../data/failure.ts'
import type { Letter, LetterReport, Ticket } from '../../data/tables.ts'
import { change } from '../change.ts'
import { withAttempt } from '../letters/attempts.ts'
import { countFailure } from '../letters/failures.ts'
import { isHardFailure } from '../letters/hard_failure.ts'
import { withReport } from '../letters/noted_reports.ts'
import { isUntold } from '../letters/unreached.ts'
import { type Call, method } from '../method.ts'
import { choice } from '../params/choices.ts'
import { optional } from '../params/kind.ts'
import { whole } from '../params/numbers_and_dates.ts'
import { line } from '../params/texts.ts'

const OUTCOMES = ['failed', 'delayed', 'delivered', 'read'] as const
/** By a refusal of our own attempt, by the end of our attempts, or by a report to the return path or with the Message-ID of the letter. */
const TIES = ['attempt', 'age', 'return_path', 'message_id'] as const

export default method({
  name: 'report_letter',
  summary: 'Report what became of a letter.',
  description:
    'Of a failed letter, the reply of the receiving server is kept as a private follow-up. Whoever wrote what the letter says is told of it by letter, else the owner of the ticket, else the administrators; never at the address that failed. Nobody is told of the failure of such a letter, or of an answer to a command. A letter that has already failed stays unchanged. After three letters to an address that failed for good, no more are written to it. A report that only names the Message-ID of the letter proves nothing: it becomes a private follow-up that those concerned hear of, and the letter stays as it is. That a letter is delayed, delivered or read is noted on it.',
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
    if (outcome !== 'failed') return noted(call, letter, ticket, { at: call.now, outcome, words: reply })
    const what = letter ? `the letter to ${letter.to}` : 'a letter whose record is no longer kept'
    const isProven = by !== 'message_id'
    const says = isProven ? `${capital(what)} has failed.` : `A report says that ${what} has failed.`
    if (letter?.state === 'failed') return says
    if (letter && isProven) {
      const attempts = withAttempt(letter.attempts, { at: call.now, reply })
      await call.tx.put('letters', { ...letter, state: 'failed', due: call.now, attempts })
    }
    if (letter && isProven && by !== 'age' && isHardFailure(reply)) await countFailure(call, letter.to, reply)
    if (!ticket) return says
    const comment = isProven
      ? `${capital(what)} did not arrive: ${reply}`
      : `A report says that ${what} did not arrive: ${reply}\n\n${unprovenNote(letter)}`
    const isTold = !letter || !(await isUntold(call.tx, letter))
    const event = isProven ? 'letter_failed' : 'followed_up'
    await change(
      reporting(call),
      ticket,
      {},
      {
        comment: { beginning: comment },
        about_letter: letter?.id,
        ...(isTold ? { event } : {}),
      },
    )
    return says
  },
  says: says => says,
})

/** A note on a letter changes nothing about its ticket. */
async function noted(
  { tx, tickets }: Call,
  letter: Letter | undefined,
  ticket: Ticket | undefined,
  report: LetterReport,
): Promise<string> {
  if (ticket) tickets.add(ticket.id)
  if (!letter) return `A letter whose record is no longer kept is ${report.outcome}.`
  const { reports = [] } = letter
  const reported = withReport(reports, report)
  if (reported !== reports) await tx.put('letters', { ...letter, reports: reported })
  return `The letter to ${letter.to} is ${report.outcome}.`
}

function unprovenNote(letter: Letter | undefined): string {
  const state = letter ? `the letter still counts as ${letter.state}` : 'nothing else is done'
  return `Nothing proves that. The report did not come to the return path of the letter, so ${state}.`
}

function capital(words: string): string {
  return words[0]!.toUpperCase() + words.slice(1)
}

/** A report that came by mail has the door `mail`; any other comes from the helpdesk itself. */
function reporting(call: Call): Call {
  return call.actor.kind === 'submitter' ? { ...call, door: 'mail' } : call
}
