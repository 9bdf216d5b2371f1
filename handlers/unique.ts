import { mailbox } from '../data/address.ts'
import { Failure } from '../data/failure.ts'
import type { Reader } from '../data/store.ts'
import type { Queue, User } from '../data/tables.ts'

type New<R> = Omit<R, 'id'> & { readonly id?: number }

/** Throws Failure `conflict` when another user has the username, or anybody an address, that this one is to have. */
export async function checkUser(tx: Reader, user: New<User>): Promise<void> {
  const [namesake] = await tx.find('users', { username: user.username })
  if (namesake && namesake.id !== user.id) taken('The username', user.username, `user ${namesake.id}`)
  for (const address of user.addresses) await checkAddress(tx, address, 'users', user.id)
}

/** The same of a queue, with its slug. */
export async function checkQueue(tx: Reader, queue: New<Queue>): Promise<void> {
  const [namesake] = await tx.find('queues', { slug: queue.slug })
  if (namesake && namesake.id !== queue.id) taken('The slug', queue.slug, `queue ${namesake.title}`)
  if (queue.email_address !== null) await checkAddress(tx, queue.email_address, 'queues', queue.id)
}

/** An address says who writes, or which queue is written to: it can belong to one alone. */
async function checkAddress(
  tx: Reader,
  address: string,
  table: 'users' | 'queues',
  id: number | undefined,
): Promise<void> {
  const [user] = await tx.find('users', { addresses: mailbox(address) })
  if (user && !(table === 'users' && user.id === id)) taken('The address', address, `user ${user.username}`)
  const [queue] = await tx.find('queues', { email_address: mailbox(address) })
  if (queue && !(table === 'queues' && queue.id === id)) taken('The address', address, `queue ${queue.title}`)
}

function taken(what: string, value: string, by: string): never {
  throw new Failure('conflict', `${what} ${value} is taken by ${by}; choose another.`)
}
