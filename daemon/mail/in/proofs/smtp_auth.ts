import { mailbox } from '../../../../data/address.ts'
import type { Reader } from '../../../../data/store.ts'
import type { Provable, ProvenBy } from './proof.ts'

/** The proof `smtp-auth`: the session logged in as an active user, and From is one of that user's addresses. */
export async function proveByLogin(
  tx: Reader,
  { from, sessionUser }: Provable,
): Promise<ProvenBy | undefined> {
  const user = sessionUser === null ? undefined : await tx.get('users', sessionUser)
  return user?.active && user.addresses.includes(mailbox(from)) ? { user, by: 'smtp-auth' } : undefined
}
