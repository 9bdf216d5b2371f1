import { mailbox } from '../../../../data/address.ts'
import type { Reader } from '../../../../data/store.ts'
import type { MailSite } from '../mail_site.ts'
import type { Provable, Tried } from './proof.ts'

/** The proof `smtp-auth`: the session logged in as an active user, and From is one of that user's addresses. */
export async function proveByLogin(
  tx: Reader,
  _site: MailSite,
  { from, incoming: { sessionUser } }: Provable,
): Promise<Tried> {
  if (sessionUser === null) return undefined
  const user = await tx.get('users', sessionUser)
  if (!user?.active) return { refused: 'the user of its session is not active' }
  if (user.addresses.includes(mailbox(from))) return { user, by: 'smtp-auth' }
  return { refused: `its session logged in as ${user.username}, who does not have the address ${from}` }
}
