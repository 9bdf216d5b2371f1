import type { Reader } from '../data/store.ts'
import type { User } from '../data/tables.ts'

/** The user that a queue gives its tickets to, unless that user was switched off since. */
export async function defaultOwner(tx: Reader, id: number | null): Promise<User | undefined> {
  const user = id === null ? undefined : await tx.get('users', id)
  return user?.active ? user : undefined
}
