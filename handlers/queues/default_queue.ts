import type { Reader } from '../../data/store.ts'
import type { Queue } from '../../data/tables.ts'

/**
 * The queue for mail to the helpdesk's own address: the one with the slug, which is the setting `mail.queue`; without such a queue, the
 * one with the lowest id. Undefined if there are no queues.
 */
export async function defaultQueue(tx: Reader, slug: string): Promise<Queue | undefined> {
  const [named] = slug === '' ? [] : await tx.find('queues', { slug })
  return named ?? (await tx.find('queues', {}, { limit: 1 }))[0]
}
