import { mailbox } from '../../../data/address.ts'
import { DAY, MINUTE } from '../../../data/durations.ts'
import { shortHash } from '../../../data/secret.ts'
import type { Reader } from '../../../data/store.ts'
import { known, type OnceKey } from '../../../handlers/idempotency.ts'
import { type Incoming, wayOf } from './incoming.ts'
import type { ReportAct } from './judgement.ts'
import type { RawMail } from './received/raw_mail.ts'

/** Short: without Date and Message-ID, the same text later is more likely a new mail than a repeat by a server. */
const UNIDENTIFIED_KNOWN_MILLISECONDS = 10 * MINUTE
/** The facts by which a repeated mail is recognized. */
type Print = Pick<RawMail, 'fingerprint' | 'identified'>

/**
 * Whether a repeat of a mail can be told from another mail. Not if it has neither Date nor Message-ID and its session logged in: `hold 2`,
 * `unhold 2` and `hold 2` again are three commands.
 */
export function isRecognizable(
  { identified }: Pick<Print, 'identified'>,
  sessionUser: number | null,
): boolean {
  return identified || sessionUser === null
}

/** The recipients who have not received the same mail before. */
export async function freshRecipients(tx: Reader, incoming: Incoming, keepDays: number): Promise<string[]> {
  const { raw, recipients, sessionUser } = incoming
  if (!isRecognizable(raw, sessionUser)) return [...recipients]
  const now = new Date().toISOString()
  const fresh: string[] = []
  for (const address of recipients) {
    const first = await known(tx, receivedBy(raw, address, wayOf(incoming), keepDays), now)
    if (!first) fresh.push(address)
  }
  return fresh
}

/** Whether a letter is known to have failed, or this was reported in the same way before: then the report is ignored. */
export async function isReported(tx: Reader, report: ReportAct, keepDays: number): Promise<boolean> {
  const { number } = report.letter
  const letter = number === undefined ? undefined : await tx.get('letters', number)
  if (letter?.state === 'failed') return true
  return (await known(tx, reportKey(report, keepDays), new Date().toISOString())) !== undefined
}

/**
 * The key that marks a mail as received by an address. It contains the way of the mail, so that a forged copy that arrives first does not block
 * the proven mail.
 */
export function receivedBy(mail: Print, address: string, way: string, keepDays: number): OnceKey {
  return mailKey(mail, `to ${mailbox(address)} by ${way}`, keepDays)
}

/**
 * The key of a failure of a letter, or of a complaint about it: the same for all reports of that, whatever their text. Reports that prove
 * nothing have another one: they must not block those that do.
 */
export function reportKey({ letter, by, report }: ReportAct, keepDays: number): OnceKey {
  const what = report.outcome === 'complaint' ? 'complaint' : 'report'
  const former = `${by === 'return_path' ? what : 'unproven report'} of letter ${letter.name}`
  return { key: shortHash(former), former, milliseconds: keepDays * DAY }
}

/** The key that marks an action (`about`) on a mail as done. */
export function mailKey({ fingerprint, identified }: Print, about: string, keepDays: number): OnceKey {
  const former = `mail ${fingerprint} ${about}`
  return {
    key: shortHash(former),
    former,
    milliseconds: identified ? keepDays * DAY : UNIDENTIFIED_KNOWN_MILLISECONDS,
  }
}
