import type { Reader } from '../../data/store.ts'
import type { Queue, User } from '../../data/tables.ts'
import { sees } from '../visible.ts'

/** The default owner of a queue; undefined if there is none, or that user is inactive or does not see the queue. */
export async function defaultOwner(
  tx: Reader,
  { id, default_owner }: Pick<Queue, 'id' | 'default_owner'>,
): Promise<User | undefined> {
  const user = default_owner === null ? undefined : await tx.get('users', default_owner)
  return user?.active && sees(user, id) ? user : undefined
}
