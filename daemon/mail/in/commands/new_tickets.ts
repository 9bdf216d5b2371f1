import { VISIBLE } from '../../../../data/invisible.ts'
import { oneLine } from '../../../../handlers/params/plain_text.ts'
import type { ParamValues } from '../../../../handlers/value.ts'
import type { Holding } from '../../../files/holding.ts'
import { languageOf } from '../content/language.ts'
import { NO_SUBJECT, titleOf } from '../content/title.ts'
import type { ForwardersNote } from '../forwards/forwarded.ts'
import { valuesOf } from '../headers.ts'
import type { TicketAct } from '../judgement.ts'
import type { MailKind } from '../kind.ts'
import { withLines } from '../received/keep_text.ts'
import type { Received } from '../received/received.ts'

/** In characters. */
const LONGEST_TITLE = 200

interface Beside {
  /** Lines about what is missing in the mail. */
  readonly lines: readonly string[]
  /** What the agent who forwards it adds to it. */
  readonly note?: ForwardersNote | undefined
}

/** What a mail gives to `create_ticket`: a ticket in each of its queues. */
export async function newTickets(
  holding: Holding,
  act: TicketAct,
  kind: MailKind,
  mail: Received,
  { lines, note }: Beside,
): Promise<(ParamValues & { readonly queue: number })[]> {
  const { attachments } = mail
  const ticket = await opening(holding, mail, act, lines)
  const joins = kind === 'machine' && hasTitle(mail, act) ? { joins: true } : {}
  const more = { ...forwardParams(act, note), ...languageParam(mail, act) }
  return act.queues.map(({ id: queue, importance }) => {
    const asked = importance && act.importance ? { priority: act.importance.priority } : {}
    return { queue, ...ticket, attachments, ...joins, ...asked, ...more }
  })
}

/** What the tickets have in common. A subject beyond 200 characters is cut in the title and goes whole into the follow-up. */
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

/** The language of the new tickets, if a queue wants to know it. The header of a forward is that of the agent. */
function languageParam({ headers, newText, text }: Received, { forward, queues }: TicketAct): ParamValues {
  if (!queues.some(({ locale }) => locale === 'auto')) return {}
  const [field] = forward?.original ? [] : valuesOf(headers, 'content-language')
  const locale = languageOf(field, (newText ?? text).beginning)
  return locale === undefined ? {} : { locale }
}

/** Whether the title of a new ticket is from the subject. Lines of texts are too often the same. */
function hasTitle({ subject }: Received, { slugs }: TicketAct): boolean {
  return titleOf(subject, '', slugs) !== NO_SUBJECT
}
