import type { Reader } from '../../../data/store.ts'
import type { Ticket } from '../../../data/tables.ts'
import type { Recipient } from './smtp/recipient.ts'

/** Who leaves which ticket. Undefined what does not exist any more: the ticket, or a watcher who has left already. */
export interface StoppedWatcher {
  readonly ticket: Ticket | undefined
  readonly watcher: string | undefined
}

/** The watcher whose stop address is among the recipients of a mail; undefined if none is. */
export async function stoppedBy(
  tx: Reader,
  recipients: readonly Recipient[],
): Promise<StoppedWatcher | undefined> {
  const stop = recipients.find(recipient => recipient.kind === 'stop')?.stop
  if (!stop) return undefined
  const ticket = stop.ticket === undefined ? undefined : await tx.get('tickets', stop.ticket)
  return { ticket, watcher: ticket?.watchers?.find(watcher => stop.isFor(watcher)) }
}
