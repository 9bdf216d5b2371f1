// One thing: the letter back about what became of a mail, of whatever kind that was.
import { mailbox } from '../../../data/address.ts'
import { Failure } from '../../../data/failure.ts'
import { MIB } from '../../../data/sizes.ts'
import type { Tx } from '../../../data/store.ts'
import type { Instant, MailAnswer, User } from '../../../data/tables.ts'
import type { Answer } from '../../../handlers/call.ts'
import { methods } from '../../../handlers/index.ts'
import { fitting } from '../answer_length.ts'
import { unexpectedIn } from './answers/told.ts'
import { isPrivateReason } from './commands/in_answer.ts'
import { mending, undoing } from './commands/next_commands.ts'
import { unusedBy } from './commands/unused.ts'
import { forwardOffers, forwardSentences } from './forwards/forward_words.ts'
import type { CommandAct, ConfirmAct, Judgement } from './judgement.ts'
import type { MailSite } from './mail_site.ts'
import { type Received, recordedSubject } from './received/received.ts'

/** In bytes, of a file that goes along; many servers refuse larger mails. */
const MOST_SENT = 10 * MIB
const TOO_LARGE = 'That is too large for a letter, which carries at most 10 MiB. Get it by POST.'

const REASON = 'Your text is the reason; the submitter does not see it.'
const RE = 're: '

/**
 * Adds the letter back to the user whose mail was a command, a yes to one, or an answer that became something else than expected. It shows
 * its first ticket. `most` is the limit of a file, in bytes. Gives the letter's number; undefined if there is nothing to say.
 */
export async function letterBack(
  tx: Tx,
  site: MailSite,
  mail: Received,
  judgement: Judgement,
  outcome: readonly Answer[] | Failure,
  tickets: readonly number[],
  now: Instant,
): Promise<number | undefined> {
  const { act } = judgement
  if (act.kind === 'command') {
    const unused = unusedBy(act, mail, site.config['limits.attachment'])
    const next =
      outcome instanceof Failure
        ? await mending(tx, site, mail, act, judgement, tickets)
        : await undoing(tx, outcome, now)
    const suggests = next.length > 0 ? { next } : {}
    // What is about no ticket, such as help, has come by the key of a letter about one.
    const about = { to: act.to, tickets: [...tickets, ...[judgement.proof?.ticket ?? []].flat()] }
    return addLetter(tx, mail, { ...about, ...answerTo(act, outcome, unused), ...suggests }, now)
  }
  if (act.kind === 'confirm') {
    const next = outcome instanceof Failure ? [] : await undoing(tx, outcome, now)
    const suggests = next.length > 0 ? { next } : {}
    const about = { to: act.to, tickets }
    return addLetter(tx, mail, { ...about, ...answerTo(asCommands(act), outcome, []), ...suggests }, now)
  }
  if (act.kind === 'ticket' && act.forward) {
    const { user } = act.forward
    const sentences = forwardSentences(act.forward, outcome)
    const shown = act.forward.original ? tickets : []
    const next = forwardOffers(act.forward, outcome)
    return addLetter(tx, mail, { to: addressOf(user, mail), tickets: shown, sentences, ...next }, now)
  }
  if (act.kind !== 'followup' || !act.answer) return undefined
  const { ticket, answer } = act
  const sentences = await unexpectedIn(tx, ticket, answer, outcome, now)
  const shown = answer.isInName ? tickets : []
  return (
    sentences && addLetter(tx, mail, { to: addressOf(answer.user, mail), tickets: shown, sentences }, now)
  )
}

/** Where the user has written from. */
function addressOf({ addresses }: User, { from: { address } }: Received): string {
  return address !== null && addresses.includes(mailbox(address)) ? address : addresses[0]!
}

/** What a letter back says, and which ticket it shows. */
interface Back extends Pick<MailAnswer, 'sentences' | 'shows' | 'attachment' | 'next'> {
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
  unused: readonly string[],
): Pick<MailAnswer, 'sentences' | 'shows' | 'attachment'> {
  if (outcome instanceof Failure) return { sentences: [outcome.message] }
  const attachment = outcome.find(({ sends }) => sends)?.sends
  const fits = attachment && attachment.size <= MOST_SENT
  return {
    sentences: fitting([
      ...transcriptOf(said, outcome),
      ...(attachment && !fits ? [TOO_LARGE] : []),
      ...unused,
      ...(within && !(said instanceof Failure) && isPrivateReason(said, within) ? [REASON] : []),
    ]),
    ...(shows(said) ? { shows: true } : {}),
    ...(fits ? { attachment } : {}),
  }
}

/** What came of each command; of several, behind the line that was sent. */
function transcriptOf(said: CommandAct['said'], outcome: readonly Answer[]): string[] {
  if (said instanceof Failure || outcome.length < 2) return outcome.map(({ says }) => says)
  return outcome.map(({ says }, at) => {
    const line = said[at]?.line
    return line === undefined ? says : `${line}\n${says}`
  })
}

/** What a user has said yes to, as the commands that they are. */
function asCommands({ confirmation }: ConfirmAct): Pick<CommandAct, 'said' | 'within'> {
  const commands = confirmation?.commands ?? []
  return { said: commands.map(command => ({ command, method: methods.get(command.method)! })) }
}

/** Whether the answer shows what was asked for, as that of `show` and `next`. */
function shows(said: CommandAct['said']): boolean {
  if (said instanceof Failure) return false
  return said.some(({ method: { reads, again } }) => reads === true || again !== undefined)
}
