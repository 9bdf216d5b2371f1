import { Failure } from '../../../../data/failure.ts'
import type { Reader } from '../../../../data/store.ts'
import type { Instant, Ticket } from '../../../../data/tables.ts'
import type { Answer } from '../../../../handlers/call.ts'
import { audienceOf } from '../../../../handlers/letters/answer_audience.ts'
import { isSubmitter } from '../../../../handlers/letters/weight.ts'
import { recentAnswers } from '../../../../handlers/tickets/recent_answers.ts'
import type { AgentsAnswer } from './agents_answer.ts'

/**
 * What an agent is told about an answer that became something else than expected: it was refused, it is private, somebody does not get
 * it, or another agent has answered, too. Undefined if all went as the letter said.
 */
export async function unexpectedIn(
  tx: Reader,
  ticket: Ticket,
  { user, isInName, since, public: isPublic }: AgentsAnswer,
  outcome: readonly Answer[] | Failure,
  now: Instant,
): Promise<readonly string[] | undefined> {
  if (outcome instanceof Failure) return [outcome.message]
  const others = isPublic ? await recentAnswers({ tx, actor: { kind: 'user', user }, now }, ticket) : []
  const isUnwritten = isInName && outcome.some(({ heldBack }) => heldBack.length > 0)
  if (since === undefined && others.length === 0 && !isUnwritten) return undefined
  const why = since === undefined ? [] : [`Only those who work on the ticket get it, since ${since}.`]
  return [...outcome.map(({ says }) => says), ...why]
}

/**
 * Throws Failure `unavailable` if a public answer would no longer go to those that its letter names, or to the submitter that its writer
 * has mailed, too: the ticket has changed meanwhile.
 */
export async function refuseChanged(tx: Reader, ticket: Ticket, answer: Going): Promise<void> {
  if (!answer.public || (await isStillPublic(tx, ticket, answer))) return
  throw new Failure('unavailable', 'The ticket is being changed; send the mail again.')
}

type Going = Pick<AgentsAnswer, 'letter' | 'public' | 'mailedTo'>

async function isStillPublic(
  tx: Reader,
  { id }: Ticket,
  { letter: number, mailedTo }: Going,
): Promise<boolean> {
  if (mailedTo !== undefined) {
    const ticket = await tx.get('tickets', id)
    return ticket !== undefined && ticket.duplicate_of === undefined && isSubmitter(ticket, mailedTo)
  }
  // An agent who is the submitter writes as that.
  if (number === undefined) return true
  const letter = await tx.get('letters', number)
  return letter !== undefined && (await audienceOf(tx, letter)).is === 'public'
}
