// One thing: the commit of one mail: its call, its record and its answer letter.
import { mailbox } from '../../../data/address.ts'
import { Failure } from '../../../data/failure.ts'
import type { Tx } from '../../../data/store.ts'
import type { Attachment, Instant, Mail, User } from '../../../data/tables.ts'
import { type Answer, type Command, call, type Options, type Unreadable } from '../../../handlers/call.ts'
import { ticketOf } from '../../../handlers/command/command.ts'
import type { AskOutcome } from '../../../handlers/confirm/ask.ts'
import { cancel } from '../../../handlers/confirm/cancel.ts'
import { refuseClosed } from '../../../handlers/confirm/confirmation.ts'
import { remember } from '../../../handlers/idempotency.ts'
import { clearFailures, failingAt } from '../../../handlers/letters/failing_addresses.ts'
import { LetterCount } from '../../../handlers/letters/letter_count.ts'
import { spendKey } from '../../../handlers/letters/spent_key.ts'
import type { NotWritten } from '../../../handlers/method.ts'
import { joinedWords } from '../../../handlers/tickets/alerts.ts'
import { isUnconfirmed } from '../../../handlers/tickets/watchers.ts'
import { sees } from '../../../handlers/visible.ts'
import { noteTokenUse } from '../../auth/token_user.ts'
import { hoursIn } from '../../config/hours.ts'
import type { Room } from '../../disk_space.ts'
import { letterBack } from './answer_letter.ts'
import { refuseChanged } from './answers/told.ts'
import { ticketMeant } from './commands/next_commands.ts'
import type { Planned } from './confirm/plan.ts'
import { recordAsked, recordConfirmed } from './confirm/record_asked.ts'
import { type Incoming, sourceOf, wayOf } from './incoming.ts'
import type { Act, Judgement } from './judge.ts'
import { hopsIn } from './loops.ts'
import { mailActor } from './mail_commands.ts'
import type { MailSite } from './mail_site.ts'
import { isThanks } from './marks/thanks.ts'
import { type ProvenBy, tokenOf } from './proofs/proof.ts'
import { isNothingNew, type Received, recordedSubject } from './received/received.ts'
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

/** Runs the commands of a judgement in one commit with the mail's record and the answer letter. Throws what `call` throws. */
export async function commit(
  site: MailSite,
  incoming: Incoming,
  mail: Received,
  judgement: Judgement,
  commands: readonly (Command | Unreadable)[],
  { most: ticketBytes, original, planned }: AboutCommit,
): Promise<RecordedMail> {
  const { act } = judgement
  const now = new Date().toISOString()
  let heldBack: readonly NotWritten[] = []
  let ids: RecordedMail['ids'] = { mail: 0, tickets: [], letter: undefined }
  // No command asks for the room of its record, and none knows that the same mail came twice at once.
  const isOnlyRecorded = ['nothing', 'note', 'ask', 'cancel'].includes(act.kind)
  if (isOnlyRecorded) await roomFor(site, incoming)()
  const keepDays = site.config['mail.keep_repeats_days']
  const counted = new LetterCount(site.letters, sourceOf(incoming), now)
  const also = async (tx: Tx, outcome: readonly Answer[] | Failure) => {
    counted.undo()
    if (isOnlyRecorded && (await freshRecipients(tx, incoming, keepDays)).length === 0) return
    if (outcome instanceof Failure) await heardFrom(tx, mail, judgement)
    if (act.kind === 'confirm') await recordConfirmed(tx, act, outcome)
    const tickets = planned
      ? ticketsOf(planned)
      : outcome instanceof Failure
        ? await named(tx, judgement)
        : [...new Set(outcome.flatMap(answer => answer.tickets))]
    const judged = {
      ...judgement,
      reasons: [...judgement.reasons, ...(await joinsIn(tx, act, outcome, now))],
    }
    const { id } = await tx.add('mails', recordOf(site, incoming, mail, judged, outcome, tickets, now))
    await noteReplay(tx, incoming, id)
    if (judgement.proof?.token !== undefined) await noteTokenUse(tx, judgement.proof.token, now)
    for (const key of judgement.spentKeys) await spendKey(tx, counted, now, key)
    const asked =
      act.kind === 'ask' && planned
        ? await recordAsked(tx, counted, now, { act, mail: id, planned, subject: recordedSubject(mail) })
        : undefined
    if (act.kind === 'cancel') await cancel(tx, now, act.confirmation, { ...act, mail: id })
    const letter = asked
      ? numberOf(asked)
      : await letterBack(tx, site, mail, judgement, outcome, tickets, now)
    heldBack = asked && 'heldBack' in asked ? [asked.heldBack] : []
    ids = { mail: id, tickets, letter }
    if (!isRecognizable(mail, incoming.sessionUser)) return
    for (const address of incoming.recipients) {
      const key = receivedBy(mail, address, wayOf(incoming), keepDays)
      await remember(tx, key, now, { says: '', gives: '' })
    }
  }
  const answers = await call(site.store, commands, {
    ...callOf(site, incoming, mail, judgement),
    now,
    original,
    ticketBytes,
    also,
    ...(isOurConcern(judgement, commands) ? { alsoRefused: also } : {}),
  })
  return { ids, heldBack: [...heldBackIn(answers), ...heldBack] }
}

/** What a stranger or an unconfirmed watcher writes, and a lone thank-you. */
function reopensNothing({ party, ticket }: Extract<Act, { kind: 'followup' }>, mail: Received): boolean {
  const { address } = mail.from
  const isUnasked = address !== null && isUnconfirmed(ticket, address)
  return party === 'stranger' || isUnasked || saysThanks(mail)
}

function saysThanks({ text, attachments }: Received): boolean {
  return attachments.length === 0 && isThanks(text.beginning)
}

/** What the call of a mail has, whether or not anything is to be recorded. */
export function callOf(
  site: MailSite,
  incoming: Incoming,
  mail: Received,
  judgement: Judgement,
): Omit<Options, 'now' | 'original' | 'ticketBytes'> {
  const { act } = judgement
  return {
    actor: mailActor(judgement),
    door: act.kind === 'report' || act.kind === 'status' || act.kind === 'stop' ? 'daemon' : 'mail',
    messageId: mail.messageId,
    isUnacknowledged: !judgement.isAcknowledged,
    isNothingNew: (act.kind === 'followup' || act.kind === 'stop') && isNothingNew(mail),
    keepsStatus: act.kind === 'followup' && reopensNothing(act, mail),
    token: userOf(act) ? tokenOf(judgement.proof, incoming) : undefined,
    onlyTicket: userOf(act) ? judgement.proof?.ticket : undefined,
    room: roomFor(site, incoming),
    network: incoming.network,
    hops: hopsIn(mail.headers),
    // The letters about a command say more than its mail.
    alreadyHave: ['command', 'ask', 'confirm'].includes(act.kind)
      ? []
      : [...mail.to, ...mail.cc].map(mailbox),
    joining: judgement.joining,
    hasMark: act.kind === 'followup' && act.by === 'mark',
    letters: site.letters,
    hours: hoursIn(site.config),
    sender: sourceOf(incoming),
    before: async tx => {
      if (act.kind === 'followup' && act.answer) await refuseChanged(tx, act.ticket, act.answer)
      if (act.kind === 'command' && act.within) await refuseChanged(tx, act.within.ticket, act.within)
      if (act.kind === 'confirm') await refuseClosed(tx, act.confirmation, new Date().toISOString())
      await heardFrom(tx, mail, judgement)
    },
  }
}

/**
 * An address that somebody writes from gets letters again, even if others did not arrive; not if nothing is done for the mail. After a
 * complaint, only the mark of a letter shows that its reader writes.
 */
async function heardFrom(tx: Tx, { from }: Received, { kind, act }: Judgement): Promise<void> {
  if (from.address === null || kind === 'report' || kind === 'auto_reply' || act.kind === 'nothing') return
  const hasMark = act.kind === 'followup' && act.by === 'mark'
  const failing = await failingAt(tx, from.address)
  if (hasMark || !failing?.complained) await clearFailures(tx, from.address)
}

function roomFor({ room, outsidersRoom }: MailSite, { network }: Incoming): Room {
  return network === undefined ? room : outsidersRoom
}

/** Ties the record of a replayed mail and the new one together. */
async function noteReplay(tx: Tx, { replayOf }: Incoming, id: number): Promise<void> {
  const former = replayOf === undefined ? undefined : await tx.get('mails', replayOf)
  if (former) await tx.put('mails', { ...former, replayed_as: id })
}

function numberOf(told: AskOutcome): number | undefined {
  return 'letter' in told ? told.letter : undefined
}

function ticketsOf({ plan }: Planned): readonly number[] {
  return 'commands' in plan ? plan.tickets : []
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

/** Why the mail is in tickets that it did not open: a clause for each. */
async function joinsIn(
  tx: Tx,
  act: Act,
  outcome: readonly Answer[] | Failure,
  now: Instant,
): Promise<string[]> {
  if (act.kind !== 'ticket' || outcome instanceof Failure) return []
  const joins: string[] = []
  for (const id of outcome.flatMap(({ tickets }) => tickets)) {
    const ticket = (await tx.get('tickets', id))!
    if (ticket.created !== now) joins.push(joinedWords(ticket, (await tx.get('queues', ticket.queue))!))
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

/** The user in whose name the mail does something. */
function userOf(act: Act): User | undefined {
  if (act.kind === 'command' || act.kind === 'confirm') return act.user
  if (act.kind === 'ticket') return act.forward?.original && act.forward.user
  return act.kind === 'followup' && act.answer?.isInName ? act.answer.user : undefined
}

function recordOf(
  { config }: MailSite,
  incoming: Incoming,
  mail: Received,
  { verdict, reasons, proven, proof, act }: Judgement,
  outcome: readonly Answer[] | Failure,
  tickets: readonly number[],
  received: Instant,
): Omit<Mail, 'id'> {
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
    reasons: [...reasons, ...mail.guesses, ...(outcome instanceof Failure ? [outcome.message] : [])],
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
