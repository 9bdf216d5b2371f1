import { Failure } from '../data/failure.ts'
import type { Reader } from '../data/store.ts'
import type { Queue, User } from '../data/tables.ts'
import type { Actor, Call } from './method.ts'

/** Whether a user sees the tickets of a queue. Users who are limited to queues see only these. */
export function sees({ queues = [] }: Pick<User, 'queues'>, queue: number): boolean {
  return queues.length === 0 || queues.includes(queue)
}

/** The field of a user who is limited to these queues; none for a user who sees all. */
export function limitedTo(queues: readonly Queue[] | null | undefined): Pick<User, 'queues'> {
  return queues?.length ? { queues: queues.map(({ id }) => id) } : {}
}

/** The queues that the actor of a call is limited to; undefined if it sees all. */
export function limitOf(actor: Actor): readonly number[] | undefined {
  return actor.kind === 'user' && actor.user.queues?.length ? actor.user.queues : undefined
}

/** Whether the actor of a call sees the tickets of a queue. */
export function actorSees(actor: Actor, queue: number): boolean {
  return actor.kind !== 'user' || sees(actor.user, queue)
}

/** The number of a ticket; null if the actor does not see it, or it is deleted. */
export async function seenNumber(
  { tx, actor }: Pick<Call, 'tx' | 'actor'>,
  id: number,
): Promise<number | null> {
  const ticket = await tx.get('tickets', id)
  return ticket && actorSees(actor, ticket.queue) ? id : null
}

/** Throws Failure `invalid` if the user does not see the queue, and so cannot own a ticket in it. */
export async function refuseBlind(tx: Reader, owner: number, queue: number): Promise<void> {
  const user = await tx.get('users', owner)
  if (!user || sees(user, queue)) return
  const { title } = (await tx.get('queues', queue))!
  throw new Failure(
    'invalid',
    `${user.username} does not see the tickets of queue ${title}; assign the ticket to somebody who does.`,
  )
}
