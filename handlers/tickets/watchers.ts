import { mailbox } from '../../data/address.ts'
import { Failure } from '../../data/failure.ts'
import type { Ticket } from '../../data/tables.ts'

/** How many watchers a ticket may have. */
const MOST = 50

/** Whether an address watches a ticket, whatever its spelling. */
export function isWatcher({ watchers = [] }: Ticket, address: string): boolean {
  return watchers.some(watcher => mailbox(watcher) === mailbox(address))
}

/** The watchers of a ticket and these addresses, each once. Throws Failure `invalid` if there would be more than 50. */
export function withWatchers(ticket: Ticket, addresses: readonly string[]): NonNullable<Ticket['watchers']> {
  const watchers = new Map((ticket.watchers ?? []).map(watcher => [mailbox(watcher), watcher]))
  for (const address of addresses)
    if (!watchers.has(mailbox(address))) watchers.set(mailbox(address), address)
  if (watchers.size <= MOST) return [...watchers.values()]
  throw new Failure(
    'invalid',
    `Ticket ${ticket.id} would have ${watchers.size} watchers, and a ticket can have at most ${MOST}; remove some with unwatch.`,
  )
}

/** The watchers of a ticket without these addresses. */
export function withoutWatchers(
  { watchers = [] }: Ticket,
  addresses: readonly string[],
): NonNullable<Ticket['watchers']> {
  const gone = addresses.map(mailbox)
  return watchers.filter(watcher => !gone.includes(mailbox(watcher)))
}

/** The watchers of a ticket with those of its duplicate, and the duplicate's submitter. Throws Failure `invalid` as `withWatchers` does. */
export function followedBy(
  ticket: Ticket,
  { submitter_email, watchers = [] }: Ticket,
): NonNullable<Ticket['watchers']> {
  const following = submitter_email === null ? watchers : [submitter_email, ...watchers]
  const submitter = ticket.submitter_email === null ? '' : mailbox(ticket.submitter_email)
  return withWatchers(
    ticket,
    following.filter(address => mailbox(address) !== submitter),
  )
}
