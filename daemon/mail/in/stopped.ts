import type { Reader } from '../../../data/store.ts'
import type { Ticket } from '../../../data/tables.ts'
import type { Recipient } from './smtp/recipient.ts'

/** Who wants no more letters about which ticket. Undefined what does not exist any more: the ticket, or a watcher who has left already. */
export interface Stopped {
  readonly ticket: Ticket | undefined
  readonly address: string | undefined
}

/**
 * The watcher, or the submitter, whose stop address a mail was sent to. Undefined if that is not its only recipient: what it says to a queue as well must not
 * be lost.
 */
export async function stoppedBy(tx: Reader, recipients: readonly Recipient[]): Promise<Stopped | undefined> {
  const [recipient, ...others] = recipients
  if (recipient?.kind !== 'stop' || others.length > 0) return undefined
  const { stop } = recipient
  const ticket = stop.ticket === undefined ? undefined : await tx.get('tickets', stop.ticket)
  const { watchers = [], submitter_email = null } = ticket ?? {}
  const all = submitter_email === null ? watchers : [...watchers, submitter_email]
  return { ticket, address: all.find(one => stop.isFor(one)) }
}
