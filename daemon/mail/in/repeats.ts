import { mailbox } from '../../../data/address.ts'
import { DAY, MINUTE } from '../../../data/durations.ts'
import { shortHash } from '../../../data/secret.ts'
import type { Reader } from '../../../data/store.ts'
import { known, type OnceKey } from '../../../handlers/idempotency.ts'
import type { ReturnedLetter } from '../signed_ids.ts'
import type { Incoming } from './incoming.ts'
import type { RawMail } from './raw_mail.ts'

/** Without Date and Message-ID the same words again are more likely meant again than repeated by a server. */
const UNIDENTIFIED_KNOWN_MILLISECONDS = 10 * MINUTE
/** What a mail is known again by. */
type Print = Pick<RawMail, 'fingerprint' | 'identified'>

/** Those who have not had the same mail before. */
export async function freshRecipients(
  tx: Reader,
  { raw, recipients, sessionUser }: Incoming,
  keepDays: number,
): Promise<string[]> {
  const now = new Date().toISOString()
  const fresh: string[] = []
  for (const address of recipients) {
    const first = await known(tx, receivedBy(raw, address, sessionUser, keepDays), now)
    if (!first) fresh.push(address)
  }
  return fresh
}

/** Whether a letter is known to have failed: one failure is all that a letter takes. */
export async function isReported(tx: Reader, returned: ReturnedLetter, keepDays: number): Promise<boolean> {
  const { number } = returned
  const letter = number === undefined ? undefined : await tx.get('letters', number)
  if (letter?.state === 'failed') return true
  return (await known(tx, reportKey(returned, keepDays), new Date().toISOString())) !== undefined
}

/**
 * The key by which it is known that somebody has had this mail, whatever was made of it. It names the login too: a forged copy that
 * comes first must not keep the mail that is proven from being done.
 */
export function receivedBy(
  mail: Print,
  address: string,
  sessionUser: number | null,
  keepDays: number,
): OnceKey {
  return mailKey(mail, `to ${mailbox(address)} by ${sessionUser ?? 'anybody'}`, keepDays)
}

/** The key of a report about a letter: the same for every report about it, in whatever words. */
export function reportKey({ name }: ReturnedLetter, keepDays: number): OnceKey {
  const former = `report of letter ${name}`
  return { key: shortHash(former), former, milliseconds: keepDays * DAY }
}

/** The key by which it is known that this was done about this mail. */
export function mailKey({ fingerprint, identified }: Print, about: string, keepDays: number): OnceKey {
  const former = `mail ${fingerprint} ${about}`
  return {
    key: shortHash(former),
    former,
    milliseconds: identified ? keepDays * DAY : UNIDENTIFIED_KNOWN_MILLISECONDS,
  }
}
