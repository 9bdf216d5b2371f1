import type { Reader } from '../../../data/store.ts'
import type { Queue } from '../../../data/tables.ts'
import { queueWithSlug } from '../../../handlers/queues/queue_with_slug.ts'

/** The queue for mail to the helpdesk's own address: the one that `mail.queue` names, else the only queue. Undefined if there is none. */
export async function defaultQueue(tx: Reader, slug: string): Promise<Queue | undefined> {
  if (slug !== '') return queueWithSlug(tx, slug)
  const queues = await tx.find('queues', {}, { limit: 2 })
  return queues.length === 1 ? queues[0] : undefined
}
