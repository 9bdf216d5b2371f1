import { Failure } from '../../../../data/failure.ts'
import { type Command, call, type Unreadable } from '../../../../handlers/call.ts'
import { methods } from '../../../../handlers/index.ts'
import { DRY_RUN } from '../../../../handlers/precautions.ts'
import type { Incoming } from '../incoming.ts'
import { callOf } from '../mail_call.ts'
import { commandsOf } from '../mail_commands.ts'
import type { OneMailSite } from '../mail_site.ts'
import type { JudgedMail } from '../process_mail.ts'
import { shownIn } from '../shown_text.ts'
import { ticketBytes, withinTicket } from '../ticket_attachments.ts'

/** Says that a mail is a repeat. */
export const DONE_BEFORE = 'Nothing is done: all that it would do was done before.'

/** Says what a judged mail would do, and who would get a letter; a refusal is a sentence, too. Nothing is changed. */
export async function rehearsal(
  site: OneMailSite,
  incoming: Incoming,
  { mail, judgement }: JudgedMail,
): Promise<string> {
  const most = ticketBytes(site, incoming, judgement)
  const fitting = await withinTicket(site, judgement, mail, most)
  const { shown, original, note } = await shownIn(site, incoming, judgement, fitting, most)
  const commands = await commandsOf(site.holding, judgement, shown, {
    keepDays: site.config['mail.keep_repeats_days'],
    sessionUser: incoming.sessionUser,
    lines: shown.lines,
    note,
  })
  if (judgement.act.kind === 'ask') return 'It would open no ticket.'
  if (commands.length === 0) return 'It would only be recorded.'
  try {
    const answers = await call(site.store, commands.map(dry), {
      ...callOf(site, incoming, shown, judgement),
      now: new Date().toISOString(),
      original,
      ticketBytes: most,
    })
    return answers.map(({ says }) => says).join('\n')
  } catch (error) {
    if (error instanceof Failure) return `It would be refused: ${error.message}`
    throw error
  }
}

/** The command as a dry run, without the key that would make its mail known. A command that only reads has none. */
function dry(command: Command | Unreadable): Command | Unreadable {
  if ('refused' in command) return { refused: command.refused }
  const { method, params } = command
  const isRehearsed = methods.get(method)?.params[DRY_RUN] !== undefined
  return { method, params: isRehearsed ? { ...params, [DRY_RUN]: true } : params }
}
