// One thing: the commands that a judged mail stands for, and in whose name they are called.
import { Failure } from '../../../data/failure.ts'
import { VISIBLE } from '../../../data/invisible.ts'
import type { Author, Confirmation, Ticket } from '../../../data/tables.ts'
import type { Command, Unreadable } from '../../../handlers/call.ts'
import { refusedLine } from '../../../handlers/command/batch.ts'
import { commandWithBody, type Said } from '../../../handlers/command/command.ts'
import { refuseUnknown } from '../../../handlers/command/unknown_parameter.ts'
import { closed } from '../../../handlers/confirm/confirmation.ts'
import type { KeptText } from '../../../handlers/params/kept_text.ts'
import { oneLine } from '../../../handlers/params/plain_text.ts'
import type { ParamValues } from '../../../handlers/value.ts'
import type { Holding } from '../../files/holding.ts'
import { resolvedByLink } from './commands/by_link.ts'
import { commandsInAnswer, NO_TEXT } from './commands/in_answer.ts'
import { textlessCommand } from './commands/textless_command.ts'
import { NO_SUBJECT, titleOf } from './content/title.ts'
import type { ForwardersNote } from './forwards/forwarded.ts'
import type { Act, AnswerAround, Judgement } from './judge.ts'
import { CONSEQUENCES } from './kind.ts'
import type { ProvenBy } from './proofs/proof.ts'
import { KEY_DAYS } from './proofs/users_key.ts'
import { prefixed } from './received/keep_text.ts'
import { isNothingNew, type Received } from './received/received.ts'
import { isRecognizable, mailKey, reportKey } from './repeats.ts'

const LONGEST_TITLE = 200

type TicketAct = Extract<Act, { kind: 'ticket' }>

/** What the commands of a mail depend on besides what it says. */
export interface AboutMail {
  /** How long a repeated mail is known, in days. */
  readonly keepDays: number
  /** The user that the session logged in as. */
  readonly sessionUser: number | null
  /** Lines about what is missing in the follow-up. */
  readonly lines: readonly string[]
  /** What the agent who forwards it adds to it. */
  readonly note?: ForwardersNote | undefined
}

/** The commands for a judgement, each with a key that makes a repeated mail known, unless that cannot be told. */
export async function commandsOf(
  holding: Holding,
  { act, kind, proof }: Judgement,
  mail: Received,
  { keepDays: usualDays, sessionUser, lines, note }: AboutMail,
): Promise<(Command | Unreadable)[]> {
  // A repeat must be known for as long as its key proves something.
  const keepDays = proof?.by === 'letter' ? Math.max(usualDays, KEY_DAYS + 1) : usualDays
  const once = (about: string) =>
    isRecognizable(mail, sessionUser) ? { once: mailKey(mail, about, keepDays) } : {}
  const { attachments } = mail
  switch (act.kind) {
    case 'command': {
      if (act.said instanceof Failure) return [{ refused: act.said, ...once('command') }]
      const all = await commandsIn(holding, act.said, act.within, proof, mail)
      return all.map((one, at) => ({ ...one, ...once(at === 0 ? 'command' : `command ${at + 1}`) }))
    }
    case 'status':
      return [{ method: 'send_status', params: { email: { address: act.from } }, ...once('status') }]
    case 'report': {
      const { letter, by, report } = act
      const { outcome, reason } = report
      const { number, ticket } = letter
      const params = {
        ...(number === undefined ? {} : { letter: number }),
        ...(ticket === undefined ? {} : { ticket }),
        reply: { line: reason },
        outcome,
        by,
      }
      const isOnce = outcome === 'failed' || outcome === 'complaint'
      const key = isOnce ? { once: reportKey(act, keepDays) } : once(`note on letter ${letter.name}`)
      return [{ method: 'report_letter', params, ...key }]
    }
    case 'stop': {
      const { ticket, watcher, isRead } = act
      const message = await withLines(holding, lines, mail.text)
      const params = {
        ticket: ticket.id,
        ...(watcher === undefined ? {} : { email: { address: watcher } }),
        ...(isRead && hasText(message) ? { message } : {}),
        ...(isRead ? { attachments } : {}),
      }
      return [{ method: 'stop_watching', params, ...once('stop') }]
    }
    case 'confirm':
      return confirmed(act.confirmation).map((one, at) => ({ ...one, ...once(`command ${at + 1}`) }))
    case 'ask':
    case 'cancel':
    case 'note':
    case 'nothing':
      return []
    case 'followup': {
      const { ticket, answer } = act
      const key = once(`ticket ${ticket.id}`)
      if (answer?.isInName && isNothingNew(mail)) return [{ refused: nothingNew(ticket), ...key }]
      const message = await withLines(holding, lines, hasText(mail.text) ? mail.text : { beginning: NO_TEXT })
      const takes = answer?.public ? { takes: true } : {}
      const params = { ticket: ticket.id, message, public: act.public, attachments, ...takes }
      return [{ method: 'add_followup', params, ...key }]
    }
    case 'ticket': {
      const ticket = await opening(holding, mail, act, lines)
      const joins = kind === 'machine' && hasTitle(mail, act) ? { joins: true } : {}
      return act.queues.map(queue => {
        const asked = queue.importance && act.importance ? { priority: act.importance.priority } : {}
        const forwarded = forwardParams(act, note)
        const params = { queue: queue.id, ...ticket, attachments, ...joins, ...asked, ...forwarded }
        return { method: 'create_ticket', params, ...once(`queue ${queue.id}`) }
      })
    }
  }
}

async function commandsIn(
  holding: Holding,
  said: readonly Said[],
  within: AnswerAround | undefined,
  proof: ProvenBy | undefined,
  mail: Received,
): Promise<(Command | Unreadable)[]> {
  if (within) return commandsInAnswer(said, within, mail)
  const [first] = said
  if (first && proof?.link === 'resolve' && proof.ticket !== undefined)
    return resolvedByLink(first, proof.ticket, mail)
  return Promise.all(said.map(one => commandIn(holding, one, mail)))
}

/** The commands that a user says yes to. */
function confirmed(confirmation: Confirmation | undefined): (Command | Unreadable)[] {
  if (!confirmation || confirmation.commands.length === 0) return [{ refused: closed(confirmation) }]
  return confirmation.commands.map(({ method, params, label }) => ({
    method,
    params,
    ...(label === undefined ? {} : { label }),
  }))
}

/** A command with the text and the files of its mail, unless it is one of several. */
async function commandIn(
  holding: Holding,
  said: Said & { readonly label?: string },
  { text, attachments }: Received,
): Promise<Command | Unreadable> {
  const { method, command, label } = said
  try {
    refuseUnknown(method.name, command.params)
  } catch (error) {
    if (error instanceof Failure)
      return { refused: label === undefined ? error : refusedLine(label, error.message) }
    throw error
  }
  if (label !== undefined) return { ...command, label }
  const files = method.params.attachments ? { attachments } : {}
  const params = { ...command.params, ...(await bodyOf(holding, said, text)), ...files }
  return textlessCommand(said, { ...command, params })
}

/** The text as the body of a command, behind what the line says in its place. */
async function bodyOf(holding: Holding, said: Said, text: KeptText): Promise<ParamValues> {
  if (text.file === undefined) return commandWithBody(said, text.beginning).params
  const { command, method } = said
  const body = method.body ?? method.mailBody
  if (body === undefined) return {}
  const before = command.params[body]
  return { [body]: before ? await prefixed(holding, `${before}\n\n`, text) : text }
}

/** A new ticket from a mail. A subject beyond 200 characters is cut in the title and goes whole into the follow-up. */
async function opening(
  holding: Holding,
  { subject: own, text }: Received,
  { slugs, submitter: { address, name }, forward }: TicketAct,
  lines: readonly string[],
): Promise<ParamValues> {
  const subject = forward?.original?.subject || own
  const whole = titleOf(subject, text.beginning, slugs)
  const beginning = [...whole.slice(0, 2 * LONGEST_TITLE)].slice(0, LONGEST_TITLE).join('')
  const title = VISIBLE.test(beginning) ? beginning : NO_SUBJECT
  const isWhole = title === whole
  const body = await withLines(holding, isWhole ? lines : [...lines, `Subject: ${oneLine(subject)}`], text)
  return {
    title: { line: title },
    body,
    ...(address !== null || name !== '' ? { submitter_email: { address, name } } : {}),
  }
}

/** What a new ticket has besides if an agent forwards its mail. */
function forwardParams({ forward }: TicketAct, note: ForwardersNote | undefined): ParamValues {
  if (!forward?.original) return {}
  const forwarded = forward.original.isMachine ? 'machine' : 'person'
  const { text, attachments = [] } = note ?? {}
  return {
    forwarded,
    ...(text ? { note: text } : {}),
    ...(attachments.length > 0 ? { note_files: attachments } : {}),
  }
}

/** Whether the title of a new ticket is from the subject. Lines of texts are too often the same. */
function hasTitle({ subject }: Received, { slugs }: TicketAct): boolean {
  return titleOf(subject, '', slugs) !== NO_SUBJECT
}

async function withLines(holding: Holding, lines: readonly string[], text: KeptText): Promise<KeptText> {
  if (lines.length === 0) return text
  const before = lines.join('\n')
  return hasText(text) ? prefixed(holding, `${before}\n\n`, text) : { beginning: before }
}

function hasText({ beginning, file }: KeptText): boolean {
  return file !== undefined || VISIBLE.test(beginning)
}

function nothingNew({ id }: Ticket): Failure {
  return new Failure(
    'invalid',
    `Your mail about ticket ${id} was not added, and nobody was told: it has no new words or files, only a quote or a signature. Write your words above the quote, and send it again.`,
  )
}

/** The actor: the proven user of a command or an answer, else the author that the mail names. */
export function mailActor({ act, author: { address, name }, kind, proven }: Judgement): Author {
  if (act.kind === 'command' || act.kind === 'confirm') return { kind: 'user', user: act.user.id }
  if (act.kind === 'ticket' && act.forward?.original) return { kind: 'user', user: act.forward.user.id }
  if (act.kind === 'followup' && act.answer?.isInName) return { kind: 'user', user: act.answer.user.id }
  return {
    kind: 'submitter',
    address,
    ...(name === '' ? {} : { name }),
    automatic: !CONSEQUENCES[kind].isPersons,
    ...(proven === undefined ? {} : { proven }),
  }
}
