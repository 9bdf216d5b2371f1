import type { Queue } from '../../data/tables.ts'
import { slugsOf } from '../../handlers/queues/queue_with_slug.ts'
import type { Config } from '../config/config.ts'

/** A point in which the config and the queues do not match. */
export interface QueueWarning {
  readonly event: 'address_shared' | 'queue_missing'
  readonly sentence: string
}

/** All such points; the daemon starts all the same. The queues are those of the store, by their ids. */
export function queueWarnings(queues: readonly Queue[], config: Config): QueueWarning[] {
  const address = config['mail.address']
  const wanted = config['mail.queue']
  const shared = queues.find(queue => queue.email_address === address)
  const isMissing = wanted !== '' && !queues.some(queue => slugsOf(queue).includes(wanted))
  const instead = queues[0] ? `goes to queue ${queues[0].title}` : 'is deferred'
  const warnings: QueueWarning[] = []
  if (shared)
    warnings.push({
      event: 'address_shared',
      sentence: `The queue ${shared.slug} has the address ${address}, which is also mail.address, and mail.address takes precedence; give the queue another address.`,
    })
  if (isMissing)
    warnings.push({
      event: 'queue_missing',
      sentence: `mail.queue names ${wanted}, but there is no such queue: mail to ${address} ${instead}. Add the queue, or change mail.queue.`,
    })
  return warnings
}
