import type { Reader } from '../../data/store.ts'
import type { Queue } from '../../data/tables.ts'
import { queueWithSlug } from './queue_with_slug.ts'

/**
 * The queue for mail to the helpdesk's own address: the one with the slug, which is the setting `mail.queue`; without such a queue, the
 * one with the lowest id. Undefined if there are no queues.
 */
export async function defaultQueue(tx: Reader, slug: string): Promise<Queue | undefined> {
  const named = slug === '' ? undefined : await queueWithSlug(tx, slug)
  return named ?? (await tx.find('queues', {}, { limit: 1 }))[0]
}
