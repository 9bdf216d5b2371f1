import type { Reader } from '../../../data/store.ts'
import type { Ticket } from '../../../data/tables.ts'
import type { Recipient } from './smtp/recipient.ts'

/** Who leaves which ticket. Undefined what does not exist any more: the ticket, or a watcher who has left already. */
export interface StoppedWatcher {
  readonly ticket: Ticket | undefined
  readonly watcher: string | undefined
}

/**
 * The watcher whose stop address a mail was sent to. Undefined if that is not its only recipient: what it says to a queue as well must not
 * be lost.
 */
export async function stoppedBy(
  tx: Reader,
  recipients: readonly Recipient[],
): Promise<StoppedWatcher | undefined> {
  const [recipient, ...others] = recipients
  if (recipient?.kind !== 'stop' || others.length > 0) return undefined
  const { stop } = recipient
  const ticket = stop.ticket === undefined ? undefined : await tx.get('tickets', stop.ticket)
  return { ticket, watcher: ticket?.watchers?.find(watcher => stop.isFor(watcher)) }
}
