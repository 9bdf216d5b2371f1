import type { Reader } from '../data/store.ts'
import type { User } from '../data/tables.ts'

/** The default owner of a queue, by id; undefined if there is none or that user is inactive. */
export async function defaultOwner(tx: Reader, id: number | null): Promise<User | undefined> {
  const user = id === null ? undefined : await tx.get('users', id)
  return user?.active ? user : undefined
}
