import { mailbox } from '../../../data/address.ts'
import { Failure } from '../../../data/failure.ts'
import { MIB } from '../../../data/sizes.ts'
import type { Tx } from '../../../data/store.ts'
import type { Instant, MailAnswer } from '../../../data/tables.ts'
import type { Answer } from '../../../handlers/call.ts'
import { methods } from '../../../handlers/index.ts'
import { fitting } from '../answer_length.ts'
import type { AgentsAnswer } from './answers/agents_answer.ts'
import { unexpectedIn } from './answers/told.ts'
import { isPrivateReason } from './commands/in_answer.ts'
import type { Act } from './judge.ts'
import { type Received, recordedSubject } from './received/received.ts'

/** In bytes, of a file that goes along; many servers refuse larger mails. */
const MOST_SENT = 10 * MIB
const TOO_LARGE = 'That is too large for a letter, which carries at most 10 MiB. Get it by POST.'

const REASON = 'Your text is the reason; the submitter does not see it.'
const RE = 're: '

type CommandAct = Extract<Act, { kind: 'command' }>

/**
 * Adds the letter back to the user whose mail was a command, or an answer that became something else than expected. It shows its first
 * ticket. Gives the letter's number; undefined if there is nothing to say.
 */
export async function letterBack(
  tx: Tx,
  mail: Received,
  act: Act,
  outcome: readonly Answer[] | Failure,
  tickets: readonly number[],
  now: Instant,
): Promise<number | undefined> {
  if (act.kind === 'command')
    return addLetter(tx, mail, { to: act.to, tickets, ...answerTo(act, outcome) }, now)
  if (act.kind === 'confirm')
    return addLetter(tx, mail, { to: act.to, tickets, ...answerTo(asCommands(act), outcome) }, now)
  if (act.kind !== 'followup' || !act.answer) return undefined
  const { ticket, answer } = act
  const sentences = await unexpectedIn(tx, ticket, answer, outcome, now)
  const shown = answer.isInName ? tickets : []
  return sentences && addLetter(tx, mail, { to: addressOf(answer, mail), tickets: shown, sentences }, now)
}

/** Where the user has written from. */
function addressOf({ user: { addresses } }: AgentsAnswer, { from: { address } }: Received): string {
  return address !== null && addresses.includes(mailbox(address)) ? address : addresses[0]!
}

/** What a letter back says, and which ticket it shows. */
interface Back extends Pick<MailAnswer, 'sentences' | 'shows' | 'attachment'> {
  readonly to: string
  readonly tickets: readonly number[]
}

async function addLetter(
  tx: Tx,
  mail: Received,
  { to, tickets, ...answer }: Back,
  now: Instant,
): Promise<number> {
  const { id } = await tx.add('letters', {
    event: 'answered',
    to,
    ticket: tickets[0] ?? null,
    followup: null,
    answer: { subject: subjectOf(mail), message_id: mail.messageId, ...answer },
    state: 'waiting',
    created: now,
    due: now,
    attempts: [],
  })
  return id
}

/** The subject that `Re: ` comes before. */
function subjectOf(mail: Received): string {
  const subject = recordedSubject(mail)
  return subject.toLowerCase().startsWith(RE) ? subject.slice(RE.length) : subject
}

function answerTo(
  { said, within }: Pick<CommandAct, 'said' | 'within'>,
  outcome: readonly Answer[] | Failure,
): Pick<MailAnswer, 'sentences' | 'shows' | 'attachment'> {
  if (outcome instanceof Failure) return { sentences: [outcome.message] }
  const attachment = outcome.find(({ sends }) => sends)?.sends
  const fits = attachment && attachment.size <= MOST_SENT
  return {
    sentences: fitting([
      ...outcome.map(({ says }) => says),
      ...(attachment && !fits ? [TOO_LARGE] : []),
      ...(within && !(said instanceof Failure) && isPrivateReason(said, within) ? [REASON] : []),
    ]),
    ...(shows(said) ? { shows: true } : {}),
    ...(fits ? { attachment } : {}),
  }
}

/** What a user has said yes to, as the commands that they are. */
function asCommands({
  confirmation,
}: Extract<Act, { kind: 'confirm' }>): Pick<CommandAct, 'said' | 'within'> {
  const commands = confirmation?.commands ?? []
  return { said: commands.map(command => ({ command, method: methods.get(command.method)! })) }
}

/** Whether the answer shows what was asked for, as that of `show` and `next`. */
function shows(said: CommandAct['said']): boolean {
  if (said instanceof Failure) return false
  return said.some(({ method: { reads, again } }) => reads === true || again !== undefined)
}
