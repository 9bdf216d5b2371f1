import { withoutLetterKeys } from '../../../../data/letter_key.ts'
import type { Reader } from '../../../../data/store.ts'
import type { ReturnedLetter } from '../../signed_ids.ts'
import { type Headers, valuesOf } from '../headers.ts'
import type { MailSite } from '../mail_site.ts'
import { recipientOf } from '../smtp/recipient.ts'
import { plainMailbox } from './header_gate.ts'

/**
 * Whether To and Cc name the reply address of a letter, in a form that has only one reading, and nobody else; and Bcc names nobody. The
 * header has passed the gate, so each of To and Cc stands in it once at most.
 */
export async function namesOnlyKey(
  tx: Reader,
  site: MailSite,
  headers: Headers,
  { name }: ReturnedLetter,
): Promise<boolean> {
  if (valuesOf(headers, 'bcc').some(value => value !== '')) return false
  const values = ['to', 'cc'].flatMap(field => valuesOf(headers, field)).filter(value => value !== '')
  for (const value of values) {
    const address = plainMailbox(value)
    if (address === undefined || site.signedIds.letterOfKey(address)?.name !== name) return false
    if (!(await isAtOurs(tx, site, address))) return false
  }
  return values.length > 0
}

/** Whether an address with a key is an extension of an address of ours: a key is one, whatever stands around it. */
export async function isAtOurs(tx: Reader, site: MailSite, address: string): Promise<boolean> {
  const kind = (await recipientOf(tx, site, withoutLetterKeys(address)))?.kind
  return kind === 'helpdesk' || kind === 'queue'
}
