import { mailbox } from '../../../../data/address.ts'
import type { Reader } from '../../../../data/store.ts'
import type { User } from '../../../../data/tables.ts'
import type { Proof } from '../../../config/config.ts'

/**
 * The user that a mail is proven to be from, or undefined. The proof `smtp-auth` needs a session that logged in as an active user, and
 * a From that is one of that user's addresses.
 */
export async function prove(
  tx: Reader,
  proofs: readonly Proof[],
  from: string,
  sessionUser: number | null,
): Promise<User | undefined> {
  if (!proofs.includes('smtp-auth') || sessionUser === null) return undefined
  const user = await tx.get('users', sessionUser)
  return user?.active && user.addresses.includes(mailbox(from)) ? user : undefined
}
