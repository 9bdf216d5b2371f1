import { Failure } from '../../../data/failure.ts'
import type { Tx } from '../../../data/store.ts'
import type { Instant } from '../../../data/tables.ts'
import type { Answer } from '../../../handlers/call.ts'
import { fitting } from '../answer_length.ts'
import { type Received, recordedSubject } from './received.ts'

/** Adds the letter that answers a command and shows its first ticket; gives the letter's number. */
export async function addAnswerLetter(
  tx: Tx,
  mail: Received,
  to: string,
  outcome: readonly Answer[] | Failure,
  tickets: readonly number[],
  now: Instant,
): Promise<number> {
  const { id } = await tx.add('letters', {
    event: 'answered',
    to,
    ticket: tickets[0] ?? null,
    followup: null,
    answer: {
      subject: recordedSubject(mail),
      message_id: mail.messageId,
      sentences: outcome instanceof Failure ? [outcome.message] : fitting(outcome.map(({ says }) => says)),
    },
    state: 'waiting',
    created: now,
    due: now,
    attempts: [],
  })
  return id
}
