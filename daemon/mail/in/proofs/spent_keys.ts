import { mailbox } from '../../../../data/address.ts'
import type { Reader } from '../../../../data/store.ts'
import type { SpentKey } from '../../../../handlers/letters/spent_key.ts'
import type { ReturnedLetter } from '../../signed_ids.ts'
import { valuesOf } from '../headers.ts'
import type { MailKind } from '../kind.ts'
import type { MailSite } from '../mail_site.ts'
import type { Received } from '../received/received.ts'
import { isAtOurs } from './sole_recipient.ts'
import { usersKey } from './users_key.ts'

/**
 * Those of the keys of a mail, of letters to users and of their links, that it shows to be known to others: it names other recipients, or somebody else
 * has written it. What programs answer on their own says nothing of that.
 */
export async function spentKeysOf(
  tx: Reader,
  site: MailSite,
  mail: Received,
  kind: MailKind,
  keys: readonly ReturnedLetter[],
): Promise<readonly SpentKey[]> {
  if (!mail.parsed || (kind !== 'person' && kind !== 'bulk')) return []
  const from = mail.from.address
  const spent: SpentKey[] = []
  for (const key of keys) {
    const found = await usersKey(tx, key, Date.now())
    if ('refused' in found) continue
    const { letter, user, ticket, isSeen } = found
    const isTheirs = from !== null && user.addresses.includes(mailbox(from))
    if (isTheirs && !(await namesOthers(tx, site, mail))) continue
    const isLink = key.link === undefined ? {} : { isLink: true as const }
    const who = isTheirs ? {} : { from }
    spent.push({ letter: letter.id, ticket: ticket.id, user, isTold: isSeen, ...isLink, ...who })
  }
  return spent
}

/** Whether people can see the recipients of a mail who are not at our own addresses. A list of the site leads to people. */
async function namesOthers(tx: Reader, site: MailSite, { headers, to, cc }: Received): Promise<boolean> {
  if (valuesOf(headers, 'bcc').some(value => value !== '')) return true
  for (const address of [...to, ...cc]) if (!(await isAtOurs(tx, site, address))) return true
  return false
}
