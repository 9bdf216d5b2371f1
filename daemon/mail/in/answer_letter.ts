import { Failure } from '../../../data/failure.ts'
import { MIB } from '../../../data/sizes.ts'
import type { Tx } from '../../../data/store.ts'
import type { Instant } from '../../../data/tables.ts'
import type { Answer } from '../../../handlers/call.ts'
import { fitting } from '../answer_length.ts'
import type { Act } from './judge.ts'
import { type Received, recordedSubject } from './received/received.ts'

/** In bytes, of a file that goes along; many servers refuse larger mails. */
const MOST_SENT = 10 * MIB
const TOO_LARGE = 'That is too large for a letter, which carries at most 10 MiB. Get it by POST.'

type CommandAct = Extract<Act, { kind: 'command' }>

/** Adds the letter that answers a command and shows its first ticket; gives the letter's number. */
export async function addAnswerLetter(
  tx: Tx,
  mail: Received,
  { to, said }: CommandAct,
  outcome: readonly Answer[] | Failure,
  tickets: readonly number[],
  now: Instant,
): Promise<number> {
  const attachment = outcome instanceof Failure ? undefined : outcome.find(({ sends }) => sends)?.sends
  const fits = attachment && attachment.size <= MOST_SENT
  const { id } = await tx.add('letters', {
    event: 'answered',
    to,
    ticket: tickets[0] ?? null,
    followup: null,
    answer: {
      subject: recordedSubject(mail),
      message_id: mail.messageId,
      sentences:
        outcome instanceof Failure
          ? [outcome.message]
          : fitting([...outcome.map(({ says }) => says), ...(attachment && !fits ? [TOO_LARGE] : [])]),
      ...(shows(said, outcome) ? { shows: true } : {}),
      ...(fits ? { attachment } : {}),
    },
    state: 'waiting',
    created: now,
    due: now,
    attempts: [],
  })
  return id
}

/** Whether the answer shows what was asked for, as that of `show` and `next`. */
function shows(said: CommandAct['said'], outcome: readonly Answer[] | Failure): boolean {
  if (said instanceof Failure || outcome instanceof Failure) return false
  return said.some(({ method: { reads, again } }) => reads === true || again !== undefined)
}
