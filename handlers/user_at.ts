import { mailbox } from '../data/address.ts'
import type { Reader } from '../data/store.ts'
import type { User } from '../data/tables.ts'

/** The active user with an address; undefined if there is none. */
export async function userAt(tx: Reader, address: string): Promise<User | undefined> {
  const [user] = await tx.find('users', { addresses: mailbox(address) })
  return user?.active ? user : undefined
}
