import type { Reader } from '../../../../data/store.ts'
import type { Incoming } from '../incoming.ts'
import type { MailSite } from '../mail_site.ts'
import type { Received } from '../received/received.ts'
import { isOurs } from '../smtp/recipient.ts'

/**
 * Whether To or Cc names one of our addresses or lists. A program of a user, whose session logs in, need not write them, and those of a
 * mail that could not be parsed are not known.
 */
export async function isAddressed(
  tx: Reader,
  site: MailSite,
  { sessionUser }: Incoming,
  { to, cc, parsed }: Received,
): Promise<boolean> {
  if (sessionUser !== null || !parsed) return true
  for (const address of [...to, ...cc]) if (await isOurs(tx, site, address)) return true
  return false
}
