import type { Queue } from '../../data/tables.ts'
import type { Call } from '../method.ts'
import { actorSees } from '../visible.ts'

/** The queues that the actor sees, by number. */
export async function queuesSeen({
  tx,
  actor,
}: Pick<Call, 'tx' | 'actor'>): Promise<ReadonlyMap<number, Queue>> {
  const queues = await tx.find('queues', {})
  return new Map(queues.filter(({ id }) => actorSees(actor, id)).map(queue => [queue.id, queue]))
}
