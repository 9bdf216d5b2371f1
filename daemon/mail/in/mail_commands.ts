// One thing: the commands that a judged mail stands for.
import { Failure } from '../../../data/failure.ts'
import type { Confirmation, Ticket } from '../../../data/tables.ts'
import type { Command, Unreadable } from '../../../handlers/call.ts'
import { commandWithBody, type Said } from '../../../handlers/command/command.ts'
import { aboutLine } from '../../../handlers/command/refused_line.ts'
import { refuseUnknown } from '../../../handlers/command/unknown_parameter.ts'
import { closed } from '../../../handlers/confirm/confirmation.ts'
import type { KeptText } from '../../../handlers/params/kept_text.ts'
import type { ParamValues } from '../../../handlers/value.ts'
import type { Holding } from '../../files/holding.ts'
import { resolvedByLink } from './commands/by_link.ts'
import { commandsInAnswer } from './commands/in_answer.ts'
import { newTickets } from './commands/new_tickets.ts'
import { textlessCommand } from './commands/textless_command.ts'
import type { ForwardersNote } from './forwards/forwarded.ts'
import type { AnswerAround, Judgement, ReportAct, StopAct } from './judgement.ts'
import type { ProvenBy } from './proofs/proof.ts'
import { KEY_DAYS } from './proofs/users_key.ts'
import { hasText, prefixed, textOrNote, withLines } from './received/keep_text.ts'
import { isNothingNew, type Received } from './received/received.ts'
import { isRecognizable, mailKey, reportKey } from './repeats.ts'

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
      const { letter, report } = act
      const isOnce = report.outcome === 'failed' || report.outcome === 'complaint'
      const key = isOnce ? { once: reportKey(act, keepDays) } : once(`note on letter ${letter.name}`)
      return [{ method: 'report_letter', params: reportParams(act), ...key }]
    }
    case 'stop': {
      const message = await withLines(holding, lines, mail.text)
      return [{ method: 'stop_watching', params: stopParams(act, message, attachments), ...once('stop') }]
    }
    case 'choice': {
      const { ticket, choice } = act
      const message = await withLines(holding, lines, mail.text)
      const text = hasText(message) ? { message } : {}
      const params = { ticket: ticket.id, choice, ...text, attachments }
      return [{ method: 'answer_resolution', params, ...once('choice') }]
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
      const message = await withLines(holding, lines, textOrNote(mail.text))
      const takes = answer?.public ? { takes: true } : {}
      const params = { ticket: ticket.id, message, public: act.public, attachments, ...takes }
      return [{ method: 'add_followup', params, ...key }]
    }
    case 'ticket': {
      const all = await newTickets(holding, act, kind, mail, { lines, note })
      return all.map(params => ({ method: 'create_ticket', params, ...once(`queue ${params.queue}`) }))
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
  return confirmation.commands.map(({ promise: _, ...command }) => command)
}

/** A command with the text and the files of its mail, unless it is one of several. */
async function commandIn(
  holding: Holding,
  said: Said,
  { text, attachments }: Received,
): Promise<Command | Unreadable> {
  const { method, command } = said
  try {
    aboutLine(command.label, () => refuseUnknown(method.name, command.params))
  } catch (error) {
    if (error instanceof Failure) return { refused: error }
    throw error
  }
  if (command.label !== undefined) return command
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

function reportParams({
  letter: { number, ticket },
  by,
  report: { outcome, reason },
}: ReportAct): ParamValues {
  return {
    ...(number === undefined ? {} : { letter: number }),
    ...(ticket === undefined ? {} : { ticket }),
    reply: { line: reason },
    outcome,
    by,
  }
}

function stopParams(
  { ticket, address, isRead }: StopAct,
  message: KeptText,
  attachments: Received['attachments'],
): ParamValues {
  return {
    ticket: ticket.id,
    ...(address === undefined ? {} : { email: { address } }),
    ...(isRead && hasText(message) ? { message } : {}),
    ...(isRead ? { attachments } : {}),
  }
}

function nothingNew({ id }: Ticket): Failure {
  return new Failure(
    'invalid',
    `Your mail about ticket ${id} was not added, and nobody was told: it has no new words or files, only a quote or a signature. Write your words above the quote, and send it again.`,
  )
}
