import { mailbox } from '../../data/address.ts'
import { Failure } from '../../data/failure.ts'
import type { Ticket } from '../../data/tables.ts'

/** How many watchers a ticket may have. */
const MOST = 50

/** The fields of a ticket that a change of its watchers changes. */
export type Watching = Pick<Ticket, 'watchers' | 'unconfirmed_watchers'>

/** Whether an address watches a ticket, whatever its spelling. */
export function isWatcher({ watchers = [] }: Watching, address: string): boolean {
  return watchers.some(watcher => mailbox(watcher) === mailbox(address))
}

/** Whether an address watches a ticket only because somebody else has put it into the To or Cc of a mail. */
export function isUnconfirmed({ unconfirmed_watchers = [] }: Watching, address: string): boolean {
  return unconfirmed_watchers.some(watcher => mailbox(watcher) === mailbox(address))
}

/** The watchers of a ticket and these addresses, each once and confirmed. Throws Failure `invalid` if there would be more than 50. */
export function withWatchers(ticket: Ticket, addresses: readonly string[]): Watching {
  const watchers = together(ticket, addresses)
  if (watchers.length > MOST)
    throw new Failure(
      'invalid',
      `Ticket ${ticket.id} would have ${watchers.length} watchers, and a ticket can have at most ${MOST}; remove some with unwatch.`,
    )
  return { watchers, ...withConfirmed(ticket, addresses) }
}

/** The watchers of a ticket and, unconfirmed, those of these addresses that do not watch it yet and for which there is room. */
export function withUnconfirmed(ticket: Ticket, addresses: readonly string[]): Watching {
  const watchers = together(ticket, addresses).slice(0, Math.max(MOST, ticket.watchers?.length ?? 0))
  const added = watchers.slice(ticket.watchers?.length ?? 0)
  if (added.length === 0) return {}
  return { watchers, unconfirmed_watchers: [...(ticket.unconfirmed_watchers ?? []), ...added] }
}

/** Those of these addresses that are unconfirmed watchers become ordinary ones. */
export function withConfirmed(
  { unconfirmed_watchers }: Watching,
  addresses: readonly string[],
): Pick<Ticket, 'unconfirmed_watchers'> {
  const left = without(unconfirmed_watchers ?? [], addresses)
  return left.length === (unconfirmed_watchers?.length ?? 0) ? {} : { unconfirmed_watchers: left }
}

/** The watchers of a ticket without these addresses. */
export function withoutWatchers(ticket: Ticket, addresses: readonly string[]): Watching {
  return { watchers: without(ticket.watchers ?? [], addresses), ...withConfirmed(ticket, addresses) }
}

/**
 * The watchers of a ticket with those of its duplicate, and the duplicate's submitter unless that one wants no more letters. Those who are unconfirmed there, and do not watch
 * this ticket yet, stay unconfirmed. Throws Failure `invalid` as `withWatchers` does.
 */
export function followedBy(ticket: Ticket, duplicate: Ticket): Watching {
  const { submitter_email, submitter_stopped, watchers = [] } = duplicate
  const asked = submitter_email === null || submitter_stopped ? [] : [submitter_email]
  const submitter = ticket.submitter_email === null ? [] : [ticket.submitter_email]
  const following = without([...asked, ...watchers], submitter)
  const waiting = without(following, asked).filter(address => isUnconfirmed(duplicate, address))
  const all = withWatchers(ticket, without(following, waiting))
  const { watchers: known } = withWatchers({ ...ticket, ...all }, waiting)
  const stay = waiting.filter(address => !isWatcher({ ...ticket, ...all }, address))
  if (stay.length === 0) return { ...all, watchers: known! }
  const before = all.unconfirmed_watchers ?? ticket.unconfirmed_watchers ?? []
  return { watchers: known!, unconfirmed_watchers: [...before, ...stay] }
}

function together({ watchers = [] }: Ticket, addresses: readonly string[]): readonly string[] {
  const all = new Map(watchers.map(watcher => [mailbox(watcher), watcher]))
  for (const address of addresses) if (!all.has(mailbox(address))) all.set(mailbox(address), address)
  return [...all.values()]
}

function without(addresses: readonly string[], gone: readonly string[]): readonly string[] {
  const boxes = gone.map(mailbox)
  return addresses.filter(address => !boxes.includes(mailbox(address)))
}
