import { mailbox } from '../data/address.ts'
import { Failure, shown } from '../data/failure.ts'
import type { Reader } from '../data/store.ts'
import type { Queue, User } from '../data/tables.ts'
import type { Loading } from './method.ts'
import { ticketWith } from './params/ticket_reference.ts'
import { actorSees } from './visible.ts'

type New<R> = Omit<R, 'id'> & { readonly id?: number }

/**
 * Throws Failure `conflict` if another user has the username, or another user or a queue has one of the addresses, and `invalid` for an
 * administrator who is limited to queues: administrators can change their limits, so these would only mislead.
 */
export async function checkUser(tx: Reader, user: New<User>): Promise<void> {
  if (user.admin && user.queues)
    throw new Failure(
      'invalid',
      `${user.username} is an administrator, and administrators see all queues; leave queues empty, or give admin=n.`,
      { parameter: 'queues' },
    )
  const [namesake] = await tx.find('users', { username: user.username })
  if (namesake && namesake.id !== user.id)
    taken('username', 'The username', user.username, `user ${namesake.id}`)
  for (const address of user.addresses) await checkAddress(tx, address, 'users', user.id)
}

/** Throws Failure `conflict` if another queue has the slug, or a user or another queue has the address. */
export async function checkQueue(tx: Reader, queue: New<Queue>): Promise<void> {
  const [namesake] = await tx.find('queues', { slug: queue.slug })
  if (namesake && namesake.id !== queue.id) taken('slug', 'The slug', queue.slug, `queue ${namesake.title}`)
  if (queue.email_address !== null) await checkAddress(tx, queue.email_address, 'queues', queue.id)
}

/** Throws Failure `conflict` if a ticket has the reference; names the ticket if the actor sees it. */
export async function checkReference({ tx, actor }: Loading, reference: string): Promise<void> {
  const ticket = await ticketWith(tx, reference)
  if (!ticket) return
  const other = actorSees(actor, ticket.queue) ? `ticket ${ticket.id}` : 'another ticket'
  taken('reference', 'The reference', shown(reference), other)
}

/** An address identifies a sender or a queue, so it belongs to at most one user or queue. */
async function checkAddress(
  tx: Reader,
  address: string,
  table: 'users' | 'queues',
  id: number | undefined,
): Promise<void> {
  const parameter = table === 'users' ? 'email' : 'email_address'
  const [user] = await tx.find('users', { addresses: mailbox(address) })
  if (user && !(table === 'users' && user.id === id))
    taken(parameter, 'The address', address, `user ${user.username}`)
  const [queue] = await tx.find('queues', { email_address: mailbox(address) })
  if (queue && !(table === 'queues' && queue.id === id))
    taken(parameter, 'The address', address, `queue ${queue.title}`)
}

function taken(parameter: string, what: string, value: string, by: string): never {
  throw new Failure('conflict', `${what} ${value} is taken by ${by}; choose another.`, { parameter })
}
