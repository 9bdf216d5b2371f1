// One thing: the way of one mail from its bytes to the commit.
import { Failure, isTemporary } from '../../../data/failure.ts'
import type { Reader } from '../../../data/store.ts'
import { type Command, needRoom, type Unreadable } from '../../../handlers/call.ts'
import { type Planned, planOf } from './confirm/plan.ts'
import { type Incoming, sourceOf } from './incoming.ts'
import { judge } from './judge.ts'
import type { Judgement } from './judgement.ts'
import { callOf } from './mail_call.ts'
import { commandsOf } from './mail_commands.ts'
import { mailFactsOf } from './mail_facts.ts'
import { type MailSays, saysOf } from './mail_says.ts'
import type { MailSite, OneMailSite } from './mail_site.ts'
import { notKeptLine } from './received/missing_parts.ts'
import { type Received, readMail, saysMore } from './received/received.ts'
import { commit, isOurConcern, type RecordedMail } from './record_mail.ts'
import { freshRecipients, isReported } from './repeats.ts'
import { shownIn } from './shown_text.ts'
import { ticketBytes, withAttachments, withinTicket } from './ticket_attachments.ts'

/** `repeated`: all recipients have received this mail before, and nothing was done. */
export type MailOutcome = 'kept' | 'repeated'

/**
 * Judges a mail and acts on it, in one commit with the mail's record and the answer letter. When this resolves, all of it is durable.
 * A refused command of a proven user is also answered by a letter. Throws the Failure that the SMTP reply tells: `full` and `unavailable`
 * if the sender should retry, `not_found` if the queue or the ticket was deleted meanwhile.
 */
export async function processMail(site: OneMailSite, incoming: Incoming): Promise<MailOutcome> {
  const judged = await judgedMail(site, incoming)
  if (!judged) return 'repeated'
  await act(site, incoming, judged.mail, judged.judgement)
  return 'kept'
}

/** A mail that was read and judged. */
export interface JudgedMail {
  readonly mail: Received
  readonly said: MailSays
  readonly judgement: Judgement
}

/** Reads and judges a mail, and does nothing about it; undefined for a repeated one. Throws as `processMail` does. */
export async function judgedMail(site: OneMailSite, incoming: Incoming): Promise<JudgedMail | undefined> {
  const keepDays = site.config['mail.keep_repeats_days']
  // A repeated mail is neither stored nor parsed.
  const fresh = await site.store.read(tx => freshRecipients(tx, incoming, keepDays))
  const mail =
    fresh.length > 0 ? await readMail(site, incoming.raw, sourceOf(incoming), incoming.secrets) : undefined
  // Done outside the transaction, since others wait for that.
  const said = mail && saysOf(mail, incoming, site.signedIds)
  const judgement = said && (await site.store.read(tx => judged(tx, site, incoming, mail, said)))
  return judgement && { mail, said, judgement }
}

async function act(
  site: OneMailSite,
  incoming: Incoming,
  mail: Received,
  judgement: Judgement,
): Promise<void> {
  const started = performance.now()
  const { verdict, reasons } = judgement
  const { session, peer, recipients } = incoming
  const { methods, kept } = await actWithin(site, incoming, mail, judgement).catch(error => {
    // Other mails have filled the ticket meanwhile.
    if (!isFullTicket(error, judgement, mail)) throw error
    return actWithin(site, incoming, withAttachments(mail, []), judgement)
  })
  const ids = { session, ...kept?.ids, message_id: mail.messageId }
  site.events.mailReceived(methods, performance.now() - started, {
    verdict,
    reasons,
    peer,
    recipients,
    ...ids,
  })
}

interface Acted {
  /** The names of the methods that were called. */
  readonly methods: readonly string[]
  readonly kept?: RecordedMail
}

/** Acts on the judgement, with the attachments that fit in the ticket. */
async function actWithin(
  site: OneMailSite,
  incoming: Incoming,
  mail: Received,
  judgement: Judgement,
): Promise<Acted> {
  const most = ticketBytes(site, incoming, judgement)
  const fitting = await withinTicket(site, judgement, mail, most)
  const { shown, original, note } = await shownIn(site, incoming, judgement, fitting, most)
  const lines = linesFor(site, incoming, judgement, shown)
  const keepDays = site.config['mail.keep_repeats_days']
  const about = { keepDays, sessionUser: incoming.sessionUser, lines, note }
  const commands = await commandsOf(site.holding, judgement, shown, about)
  // After a 250 reply, nothing that a person wrote may be lost.
  if (mail.unkept && (needRoom(commands) || saysMore(mail))) throw mail.unkept
  const methods = commands.map(methodOf)
  const planned = await plannedFor(site, incoming, shown, judgement)
  try {
    const kept = await commit(site, incoming, shown, judgement, commands, { most, original, planned })
    for (const { cap, sentence } of kept.heldBack)
      site.events.letterHeldBack(cap, { sentence, peer: incoming.peer })
    return { methods, kept }
  } catch (error) {
    if (!(error instanceof Failure) || isTemporary(error) || !isOurConcern(judgement, commands)) throw error
    for (const method of methods) site.events.thrown('mail', method, error, { peer: incoming.peer })
    return { methods: [] }
  }
}

/** What the command of an unproven mail would do, for the letter that asks. */
async function plannedFor(
  site: OneMailSite,
  incoming: Incoming,
  shown: Received,
  judgement: Judgement,
): Promise<Planned | undefined> {
  if (judgement.act.kind !== 'ask') return undefined
  const now = new Date().toISOString()
  return planOf(site, judgement.act, shown, { ...callOf(site, incoming, shown, judgement), now })
}

function isFullTicket(error: unknown, { act }: Judgement, { attachments }: Received): boolean {
  const isTooLarge = error instanceof Failure && error.code === 'too_large'
  return isTooLarge && act.kind !== 'command' && act.kind !== 'confirm' && attachments.length > 0
}

/** The lines that name what is missing in the follow-up; none for a command, whose text is a parameter, and without a follow-up. */
function linesFor(
  { events, config }: OneMailSite,
  { peer, network }: Incoming,
  { act }: Judgement,
  { lines, notKept }: Received,
): readonly string[] {
  const more = notKeptLine(notKept, config['limits.attachment'])
  if (!['ticket', 'followup', 'stop', 'choice'].includes(act.kind) || more === undefined) return lines
  const files = [...notKept.files, ...notKept.tooLarge].map(({ filename }) => filename)
  events.notKept({ peer, network, files })
  return [...lines, more]
}

function methodOf(command: Command | Unreadable): string {
  return 'method' in command ? command.method : '(unknown)'
}

/** The judgement of a mail; undefined if the same mail or report was handled before. */
async function judged(
  tx: Reader,
  site: MailSite,
  incoming: Incoming,
  mail: Received,
  said: MailSays,
): Promise<Judgement | undefined> {
  const keepDays = site.config['mail.keep_repeats_days']
  const fresh = await freshRecipients(tx, incoming, keepDays)
  if (fresh.length === 0) return undefined
  const judgement = judge(await mailFactsOf(tx, site, { incoming, fresh, mail, said }))
  const { act } = judgement
  const isFailure = act.kind === 'report' && act.report.outcome === 'failed'
  return isFailure && (await isReported(tx, act, keepDays)) ? undefined : judgement
}
