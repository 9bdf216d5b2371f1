// One thing: the commands that a judged mail stands for, and in whose name they are called.
import { Failure } from '../../../data/failure.ts'
import { VISIBLE } from '../../../data/invisible.ts'
import type { Author, Confirmation, Ticket } from '../../../data/tables.ts'
import type { Command, Unreadable } from '../../../handlers/call.ts'
import { commandWithBody, type Said } from '../../../handlers/command/command.ts'
import { refuseUnknown } from '../../../handlers/command/unknown_parameter.ts'
import { closed } from '../../../handlers/confirm/confirmation.ts'
import type { KeptText } from '../../../handlers/params/kept_text.ts'
import { oneLine } from '../../../handlers/params/plain_text.ts'
import type { ParamValues } from '../../../handlers/value.ts'
import type { Holding } from '../../files/holding.ts'
import { commandsInAnswer } from './commands/in_answer.ts'
import { NO_SUBJECT, titleOf } from './content/title.ts'
import type { Act, Judgement } from './judge.ts'
import { CONSEQUENCES } from './kind.ts'
import { KEY_DAYS } from './proofs/users_key.ts'
import { prefixed } from './received/keep_text.ts'
import { isNothingNew, type Received } from './received/received.ts'
import { isRecognizable, mailKey, reportKey } from './repeats.ts'

const LONGEST_TITLE = 200
const NO_TEXT = { beginning: '(This mail has no text.)' }

/** What the commands of a mail depend on besides what it says. */
export interface AboutMail {
  /** How long a repeated mail is known, in days. */
  readonly keepDays: number
  /** The user that the session logged in as. */
  readonly sessionUser: number | null
  /** Lines about what is missing in the follow-up. */
  readonly lines: readonly string[]
}

/** The commands for a judgement, each with a key that makes a repeated mail known, unless that cannot be told. */
export async function commandsOf(
  holding: Holding,
  { act, kind, proof }: Judgement,
  mail: Received,
  { keepDays: usualDays, sessionUser, lines }: AboutMail,
): Promise<(Command | Unreadable)[]> {
  // A repeat must be known for as long as its key proves something.
  const keepDays = proof?.by === 'letter' ? Math.max(usualDays, KEY_DAYS + 1) : usualDays
  const once = (about: string) =>
    isRecognizable(mail, sessionUser) ? { once: mailKey(mail, about, keepDays) } : {}
  const { attachments } = mail
  switch (act.kind) {
    case 'command': {
      if (act.said instanceof Failure) return [{ refused: act.said, ...once('command') }]
      const all = act.within
        ? commandsInAnswer(act.said, act.within, mail)
        : await Promise.all(act.said.map(said => commandIn(holding, said, mail)))
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
      const message = await withLines(holding, lines, hasText(mail.text) ? mail.text : NO_TEXT)
      const takes = answer?.public ? { takes: true } : {}
      const params = { ticket: ticket.id, message, public: act.public, attachments, ...takes }
      return [{ method: 'add_followup', params, ...key }]
    }
    case 'ticket': {
      const ticket = await opening(holding, mail, act, lines)
      const joins = kind === 'machine' && hasTitle(mail, act) ? { joins: true } : {}
      return act.queues.map(queue => {
        const asked = queue.importance && act.importance ? { priority: act.importance.priority } : {}
        const params = { queue: queue.id, ...ticket, attachments, ...joins, ...asked }
        return { method: 'create_ticket', params, ...once(`queue ${queue.id}`) }
      })
    }
  }
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
    if (error instanceof Failure) return { refused: error }
    throw error
  }
  if (label !== undefined) return { ...command, label }
  const files = method.params.attachments ? { attachments } : {}
  return { ...command, params: { ...command.params, ...(await bodyOf(holding, said, text)), ...files } }
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
  { subject, text }: Received,
  { slugs, submitter: { address, name } }: Extract<Act, { kind: 'ticket' }>,
  lines: readonly string[],
): Promise<ParamValues> {
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

/** Whether the title of a new ticket is from the subject. Lines of texts are too often the same. */
function hasTitle({ subject }: Received, { slugs }: Extract<Act, { kind: 'ticket' }>): boolean {
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
  if (act.kind === 'followup' && act.answer?.isInName) return { kind: 'user', user: act.answer.user.id }
  return {
    kind: 'submitter',
    address,
    ...(name === '' ? {} : { name }),
    automatic: !CONSEQUENCES[kind].isPersons,
    ...(proven === undefined ? {} : { proven }),
  }
}
