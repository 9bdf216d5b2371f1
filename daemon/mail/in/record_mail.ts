// One thing: the commit of one mail: its call, its record and its answer letter.
import { Failure } from '../../../data/failure.ts'
import type { Tx } from '../../../data/store.ts'
import type { Attachment, Instant, Mail } from '../../../data/tables.ts'
import { type Answer, type Command, call, type Unreadable } from '../../../handlers/call.ts'
import { ticketOf } from '../../../handlers/command/command.ts'
import { cancel } from '../../../handlers/confirm/cancel.ts'
import { remember } from '../../../handlers/idempotency.ts'
import { LetterCount } from '../../../handlers/letters/letter_count.ts'
import { spendKey } from '../../../handlers/letters/spent_key.ts'
import type { NotWritten } from '../../../handlers/method.ts'
import { joinedWords } from '../../../handlers/tickets/alerts.ts'
import { sees } from '../../../handlers/visible.ts'
import { noteTokenUse } from '../../auth/token_user.ts'
import { letterBack } from './answer_letter.ts'
import { ticketMeant } from './commands/next_commands.ts'
import type { Planned } from './confirm/plan.ts'
import { recordAsked, recordConfirmed } from './confirm/record_asked.ts'
import { type Incoming, sourceOf, wayOf } from './incoming.ts'
import type { Act, Judgement } from './judgement.ts'
import { callOf, heardFrom, roomFor, userOf } from './mail_call.ts'
import type { MailSite } from './mail_site.ts'
import type { ProvenBy } from './proofs/proof.ts'
import { noteRelayed } from './proofs/relay_replay.ts'
import { type Received, recordedSubject } from './received/received.ts'
import { freshRecipients, isRecognizable, receivedBy } from './repeats.ts'
import { strictSender } from './sender.ts'

/** The result of a mail. */
export interface RecordedMail {
  /** The numbers of its records; `letter` is the answer to a command. */
  readonly ids: {
    readonly mail: number
    readonly tickets: readonly number[]
    readonly letter: number | undefined
  }
  readonly heldBack: readonly NotWritten[]
}

interface AboutCommit {
  readonly most: number
  readonly original: Attachment | undefined
  /** What the command of an unproven mail would do. */
  readonly planned?: Planned | undefined
}

/** A mail whose record is written in the same commit as what it does. */
interface Recording extends Pick<AboutCommit, 'planned'> {
  readonly incoming: Incoming
  readonly mail: Received
  readonly judgement: Judgement
  /** Counts the letters that the mail causes besides those of its commands. */
  readonly counted: LetterCount
  readonly now: Instant
}

const UNRECORDED: RecordedMail = { ids: { mail: 0, tickets: [], letter: undefined }, heldBack: [] }

/** Runs the commands of a judgement in one commit with the mail's record and the answer letter. Throws what `call` throws. */
export async function commit(
  site: MailSite,
  incoming: Incoming,
  mail: Received,
  judgement: Judgement,
  commands: readonly (Command | Unreadable)[],
  { most: ticketBytes, original, planned }: AboutCommit,
): Promise<RecordedMail> {
  const now = new Date().toISOString()
  // No command asks for the room of its record.
  if (isOnlyRecorded(judgement)) await roomFor(site, incoming)()
  const counted = new LetterCount(site.letters, sourceOf(incoming), now)
  let recorded = UNRECORDED
  const also = async (tx: Tx, outcome: readonly Answer[] | Failure) => {
    counted.undo()
    recorded = await recordMail(tx, site, { incoming, mail, judgement, planned, counted, now }, outcome)
  }
  // What is spread comes last, which is faster (see mailFactsOf).
  const answers = await call(site.store, commands, {
    now,
    original,
    ticketBytes,
    also,
    ...(isOurConcern(judgement, commands) ? { alsoRefused: also } : {}),
    ...callOf(site, incoming, mail, judgement),
  })
  return { ids: recorded.ids, heldBack: [...heldBackIn(answers), ...recorded.heldBack] }
}

/** Whether it has no commands. */
function isOnlyRecorded({ act }: Judgement): boolean {
  return ['nothing', 'note', 'ask', 'cancel'].includes(act.kind)
}

/** Writes the record of a mail and the letters about it, by what came of its commands. */
async function recordMail(
  tx: Tx,
  site: MailSite,
  recording: Recording,
  outcome: readonly Answer[] | Failure,
): Promise<RecordedMail> {
  const { incoming, mail, judgement, planned, counted, now } = recording
  const { act, proof, spentKeys } = judgement
  const keepDays = site.config['mail.keep_repeats_days']
  // Without a command, nothing else knows that the same mail came twice at once.
  if (isOnlyRecorded(judgement) && (await freshRecipients(tx, incoming, keepDays)).length === 0)
    return UNRECORDED
  if (outcome instanceof Failure) await heardFrom(tx, mail, judgement)
  if (act.kind === 'confirm') await recordConfirmed(tx, act, outcome)
  const tickets = await ticketsOf(tx, judgement, planned, outcome)
  const joins = await joinsIn(tx, judgement, outcome)
  const record = await tx.add('mails', recordOf(site, recording, outcome, tickets, joins))
  const { id } = record
  await noteReplay(tx, incoming, id)
  if (proof?.by === 'relay') await noteRelayed(tx, proof.user, mail, now)
  if (proof?.token !== undefined) await noteTokenUse(tx, proof.token, now)
  for (const key of spentKeys) await spendKey(tx, counted, now, key)
  if (act.kind === 'cancel') await cancel(tx, now, act.confirmation, { ...act, mail: id })
  const asked =
    act.kind === 'ask' && planned
      ? await recordAsked(tx, counted, now, { act, record, planned, relays: site.config['smtp.relays'] })
      : { letter: await letterBack(tx, site, mail, judgement, outcome, tickets, now) }
  if (isRecognizable(mail, incoming.sessionUser))
    for (const address of incoming.recipients) {
      const key = receivedBy(mail, address, wayOf(incoming), keepDays)
      await remember(tx, key, now, { says: '', gives: '' })
    }
  return 'heldBack' in asked
    ? { ids: { mail: id, tickets, letter: undefined }, heldBack: [asked.heldBack] }
    : { ids: { mail: id, tickets, letter: asked.letter }, heldBack: [] }
}

/** Ties the record of a replayed mail and the new one together. */
async function noteReplay(tx: Tx, { replayOf }: Incoming, id: number): Promise<void> {
  const former = replayOf === undefined ? undefined : await tx.get('mails', replayOf)
  if (former) await tx.put('mails', { ...former, replayed_as: id })
}

/** The tickets of the record: those that the mail has changed or shown, that it would change, or that it names. */
async function ticketsOf(
  tx: Tx,
  judgement: Judgement,
  planned: Planned | undefined,
  outcome: readonly Answer[] | Failure,
): Promise<readonly number[]> {
  if (planned) return 'commands' in planned.plan ? planned.plan.tickets : []
  if (outcome instanceof Failure) return named(tx, judgement)
  return [...new Set(outcome.flatMap(answer => answer.tickets))]
}

function heldBackIn(outcome: readonly Answer[] | Failure): NotWritten[] {
  return outcome instanceof Failure ? [] : outcome.flatMap(done => done.heldBack)
}

/**
 * Whether a refusal is handled here: a letter tells it to the user, or the report is about a letter that no longer exists. Any other
 * refusal becomes the SMTP reply; then the mail counts as not received, and may be sent again.
 */
export function isOurConcern({ act }: Judgement, commands: readonly (Command | Unreadable)[]): boolean {
  return ['command', 'confirm', 'report'].includes(act.kind) || commands.some(command => 'refused' in command)
}

/** Why the mail of a machine is in tickets that it did not open: a clause for each. */
async function joinsIn(
  tx: Tx,
  { act, kind }: Judgement,
  outcome: readonly Answer[] | Failure,
): Promise<string[]> {
  if (act.kind !== 'ticket' || kind !== 'machine' || outcome instanceof Failure) return []
  const joins: string[] = []
  for (const id of outcome.flatMap(({ tickets }) => tickets)) {
    const ticket = (await tx.get('tickets', id))!
    // One that it opened has the first version.
    if (ticket.version > 1) joins.push(joinedWords(ticket, (await tx.get('queues', ticket.queue))!))
  }
  return joins
}

/**
 * The ticket that a refused command or answer names, if the user sees it: the answer shows it, and the mail is deleted together with that
 * ticket.
 */
async function named(tx: Tx, { act, proof }: Judgement): Promise<number[]> {
  const user = userOf(act)
  const id = namedBy(act, proof)
  const ticket = id === undefined ? undefined : await tx.get('tickets', id)
  return user && ticket && sees(user, ticket.queue) ? [ticket.id] : []
}

function namedBy(act: Act, proof: ProvenBy | undefined): number | undefined {
  if (act.kind === 'followup') return act.ticket.id
  if (act.kind === 'confirm') return act.confirmation?.tickets[0]
  if (act.kind !== 'command') return undefined
  if (act.within) return act.within.ticket.id
  if (act.said instanceof Failure) return proof?.ticket ?? ticketMeant(act.said)
  return act.said.map(ticketOf).find(id => id !== undefined) ?? proof?.ticket
}

function recordOf(
  { config }: MailSite,
  { incoming, mail, judgement, now: received }: Recording,
  outcome: readonly Answer[] | Failure,
  tickets: readonly number[],
  joins: readonly string[],
): Omit<Mail, 'id'> {
  const { verdict, reasons, proven, proof, act } = judgement
  const raw = config['mail.keep_raw_days'] > 0 ? mail.raw : null
  const { network } = incoming
  const heldBack = heldBackIn(outcome)
  return {
    received,
    peer: incoming.peer,
    envelope_from: incoming.envelopeFrom,
    recipients: incoming.recipients,
    from: mail.from.address,
    subject: recordedSubject(mail),
    message_id: mail.messageId,
    verdict,
    reasons: [
      ...reasons,
      ...joins,
      ...mail.guesses,
      ...(outcome instanceof Failure ? [outcome.message] : []),
    ],
    ...(heldBack.length > 0 ? { held_back: heldBack.map(({ sentence }) => sentence) } : {}),
    user: userOf(act)?.id ?? null,
    tickets,
    raw,
    ...loginOf(incoming, mail),
    ...(proof?.token === undefined ? {} : { token: proof.token }),
    ...(incoming.replayOf === undefined ? {} : { replay_of: incoming.replayOf }),
    ...(proven === undefined ? {} : { proven }),
    ...(proof ? { proof: proof.by } : {}),
    ...(raw === null ? {} : { raw_size: incoming.raw.size }),
    ...(raw === null || network === undefined ? {} : { network }),
  }
}

/** The login of the session, and the rule that the header breaks so that it proves nothing. */
function loginOf(
  { sessionUser, sessionToken }: Incoming,
  mail: Received,
): Pick<Mail, 'login' | 'token' | 'gate'> {
  if (sessionUser === null) return {}
  const gated = strictSender(mail, sessionUser)
  return {
    login: sessionUser,
    ...(sessionToken === undefined ? {} : { token: sessionToken }),
    ...('refused' in gated ? { gate: gated.refused } : {}),
  }
}
