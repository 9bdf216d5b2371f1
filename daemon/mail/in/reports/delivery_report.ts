import { beginningOf } from '../../../../data/beginning.ts'
import { oneLine } from '../../../../handlers/params/plain_text.ts'
import type { RecipientStatus } from '../content/delivery_status.ts'
import { firstOf, type Headers } from '../headers.ts'
import { isAutoReplySubject } from '../marks/auto_reply_subject.ts'
import { isMailSystem } from '../marks/machine_addresses.ts'
import type { Received } from '../received/received.ts'
import { type Fate, isReportSubject, outcomeOf, saysFailed } from './mail_system_words.ts'
import { withoutReturned } from './without_returned.ts'

/** What a mail system reports about a letter, and the words of the receiving server. */
export interface DeliveryReport {
  readonly outcome: Fate
  /** On one line, at most 1,000 bytes. */
  readonly reason: string
}

const LONGEST_REASON = 1000
/** In characters; the rest of the text is not looked at. */
const LONGEST_LOOKED_AT = 16_000
const REPORT = /^(?:multipart\/report|message\/(?:global-)?delivery-status)\b/i
const READ_REPORT =
  /^(?:multipart\/report\b.*\bdisposition-notification|message\/disposition-notification)\b/is
const ABUSE_REPORT = /\bfeedback-report\b/i
/** What a mail system writes into From without an address. */
const BARE_MAIL_SYSTEM = /\b(?:mailer-?daemon|post-?master|mail delivery (?:sub)?system)\b/i
/** A reply of a server (RFC 5321 4.2), or its enhanced status code (RFC 3463). */
const SERVER_REPLY = /(?:^|\D)[45]\d\d[ -]|(?<![\d.])[45]\.\d{1,3}\.\d{1,3}\b/
/** A permanent refusal, also behind the name of the server. */
const REFUSAL = /(?:^|[^\d.])5\d\d(?:[ -]|$)/
/** A status of unknown cause (RFC 3463 3.1). */
const NO_CAUSE = /^(?:status 5\.0\.0)?$/
/** A block of a status part, which the text may show. */
const STATUS_BLOCK = /\b(?:reporting-mta|(?:final|original)-recipient): ?[^\s;]{1,30};/i
const OUTCOMES: ReadonlyMap<string, Fate> = new Map([
  ['failed', 'failed'],
  ['fail', 'failed'],
  ['failure', 'failed'],
  ['delayed', 'delayed'],
  ['delivered', 'delivered'],
  ['relayed', 'delivered'],
  ['expanded', 'delivered'],
])

type Reporting = Pick<Received, 'headers' | 'from' | 'subject' | 'text' | 'recipientStatuses'>

/**
 * What a mail reports about the delivery of a letter; undefined for any other mail. `isReturned` says whether it came to the return path
 * of a letter: then its form and its words count, whoever sent it. Elsewhere it must come from a mail system, since people write about
 * delivery, too.
 */
export function reportIn(
  mail: Reporting,
  envelopeFrom: string,
  isReturned: boolean,
): DeliveryReport | undefined {
  const type = (firstOf(mail.headers, 'content-type') ?? '').slice(0, LONGEST_REASON)
  if (ABUSE_REPORT.test(type)) return undefined
  if (READ_REPORT.test(type)) return { outcome: 'read', reason: reasonIn(withoutReturned(beginning(mail))) }
  const isForm = REPORT.test(type)
  if (isForm || isReturned || isFromMailSystem(mail)) {
    const report = formalReport(mail.recipientStatuses)
    if (report) return saysEnough(report) ? report : withWords(report, mail)
  }
  if (!isForm && !isNotice(mail, envelopeFrom, isReturned)) return undefined
  const text = withoutReturned(beginning(mail))
  const outcome = outcomeOf(mail.subject, text) ?? (isForm || isFromMailSystem(mail) ? 'failed' : undefined)
  return outcome && { outcome, reason: reasonIn(text) }
}

function saysEnough({ outcome, reason }: DeliveryReport): boolean {
  return reason !== '' && !(outcome === 'failed' && NO_CAUSE.test(reason))
}

/** A report whose status says nothing about the cause, with what its text says. */
function withWords({ outcome, reason }: DeliveryReport, mail: Reporting): DeliveryReport {
  const words = reasonIn(withoutReturned(beginning(mail)))
  return { outcome, reason: reason === '' ? words : shortened(`${reason}: ${words}`) }
}

/** What the recipients of RFC 3464 say together: a failure of one counts. Without a known action, the class of the status decides. */
function formalReport(statuses: readonly RecipientStatus[]): DeliveryReport | undefined {
  const found = statuses.flatMap(({ action, ...said }) => {
    const isFailed = said.status.startsWith('5') || (said.status === '' && REFUSAL.test(said.diagnostic))
    const outcome = OUTCOMES.get(action) ?? (isFailed ? 'failed' : undefined)
    return outcome ? [{ outcome, said }] : []
  })
  const [first] = found
  if (!first) return undefined
  const isFailed = found.some(({ outcome }) => outcome === 'failed')
  const outcome = isFailed ? 'failed' : first.outcome
  const words = found.filter(one => one.outcome === outcome).map(({ said }) => wordsOf(said))
  return { outcome, reason: shortened([...new Set(words)].join('; ')) }
}

function wordsOf({ status, diagnostic }: Omit<RecipientStatus, 'action'>): string {
  if (SERVER_REPLY.test(diagnostic) || diagnostic.includes(status)) return diagnostic
  return diagnostic === '' ? `status ${status}` : `${status} ${diagnostic}`
}

/** Whether a mail without the form of RFC 3464 may be a report. */
function isNotice(mail: Reporting, envelopeFrom: string, isReturned: boolean): boolean {
  if (isAutoReplySubject(mail.subject)) return false
  const isSystem = isFromMailSystem(mail)
  const isReport = isReportSubject(mail.subject)
  if (isReturned) return isSystem || isReport || mail.from.address === null
  return isSystem && (isReport || envelopeFrom === '' || hasFailedRecipients(mail.headers))
}

function isFromMailSystem({ from, headers }: Reporting): boolean {
  if (hasFailedRecipients(headers)) return true
  return from.address === null ? BARE_MAIL_SYSTEM.test(from.written) : isMailSystem(from.address)
}

/** Exim, Gmail and others add this field to reports of failures. */
function hasFailedRecipients({ values }: Headers): boolean {
  return values.has('x-failed-recipients')
}

function beginning({ text }: Reporting): string {
  return text.beginning.slice(0, LONGEST_LOOKED_AT)
}

/** The paragraph with the reply of a server, else the one that says that it failed and the next, which says why, else all of a text. */
function reasonIn(text: string): string {
  const paragraphs = paragraphsOf(text).filter(words => !STATUS_BLOCK.test(words))
  const reply = paragraphs.find(words => SERVER_REPLY.test(words))
  const at = paragraphs.findIndex(saysFailed)
  const found = at < 0 ? paragraphs : paragraphs.slice(at, at + 2)
  return shortened(reply ?? found.join(' ')) || 'a delivery report without text'
}

/** The paragraphs of a text, each on one line, without the lines that only separate them. */
function paragraphsOf(text: string): string[] {
  const paragraphs: string[][] = [[]]
  for (const line of text.split('\n').map(line => line.trim())) {
    if (line === '' || line.startsWith('---')) paragraphs.push([])
    else paragraphs.at(-1)!.push(line)
  }
  return paragraphs.map(lines => lines.join(' ')).filter(Boolean)
}

function shortened(words: string): string {
  return beginningOf(oneLine(words).trim(), LONGEST_REASON)
}
