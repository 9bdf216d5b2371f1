import { inbox, mailbox } from '../../data/address.ts'
import type { Reader } from '../../data/store.ts'
import type { Ticket } from '../../data/tables.ts'
import { isOfStaff, isSubmitter } from '../letters/weight.ts'
import { isMachine, isOneOf } from '../letters/writer.ts'
import type { Call } from '../method.ts'
import { userAt } from '../user_at.ts'
import { sees } from '../visible.ts'
import { isWatcher, type Watching, withConfirmed, withUnconfirmed } from './watchers.ts'

/** How many watchers of a ticket may be there because of a To or Cc alone. */
const MOST_UNCONFIRMED = 10
/** How many of the newest follow-ups are searched for watchers who have left. */
const MOST_LOOKED_AT = 200

/**
 * The watchers of a ticket after the mail of the call: whoever writes it with the mark of a letter is confirmed, and those in its To and Cc join, if there is room.
 * The submitter, the owner, the CC addresses of the queue and those who have left do not. Agents and CC addresses of other queues join
 * confirmed.
 */
export async function withJoining(call: Call, ticket: Ticket): Promise<Watching> {
  const { tx, actor, joining, hasMark } = call
  const isTheirs = actor.kind === 'submitter' && !isMachine(actor) && hasMark
  const own = isTheirs && actor.address !== null ? [actor.address] : []
  const confirmed = withConfirmed(ticket, own)
  if (joining.length === 0) return confirmed
  const left = await whoLeft(tx, ticket)
  const others: string[] = []
  const room = Math.max(0, MOST_UNCONFIRMED - (ticket.unconfirmed_watchers?.length ?? 0))
  const staff: string[] = []
  for (const address of joining) {
    if (others.length === room) break
    if (isOneOf(actor, [address]) || isWatcher(ticket, address) || left.has(inbox(address))) continue
    const role = await roleOf(tx, ticket, address)
    if (role === 'told') continue
    others.push(address)
    if (role === 'staff') staff.push(address)
  }
  const known = { ...ticket, ...confirmed }
  const added = withUnconfirmed(known, others)
  return { ...confirmed, ...added, ...withConfirmed({ ...known, ...added }, staff) }
}

/** `told`: the address is told of the ticket anyway, or must not be, as that of a user who does not see its queue. */
async function roleOf(tx: Reader, ticket: Ticket, address: string): Promise<'told' | 'staff' | 'outside'> {
  const { new_ticket_cc, updated_ticket_cc } = (await tx.get('queues', ticket.queue))!
  const user = await userAt(tx, address)
  const isOwner = user !== undefined && user.id === ticket.assigned_to
  const isCc = [...new_ticket_cc, ...updated_ticket_cc].some(one => mailbox(one) === mailbox(address))
  if (isSubmitter(ticket, address) || isOwner || isCc || (user && !sees(user, ticket.queue))) return 'told'
  return user || (await isOfStaff(tx, address)) ? 'staff' : 'outside'
}

/** The inboxes that were watchers and were taken away, last of all: nobody comes back without wanting to. */
async function whoLeft(tx: Reader, { id: ticket }: Ticket): Promise<ReadonlySet<string>> {
  const last = new Map<string, boolean>()
  const newest = { newest: true, limit: MOST_LOOKED_AT } as const
  for (const { changes } of await tx.find('followups', { ticket }, newest)) {
    for (const { field, from, to } of changes) {
      const address = from ?? to
      if (field !== 'watchers' || typeof address !== 'string' || last.has(inbox(address))) continue
      last.set(inbox(address), from !== null)
    }
  }
  return new Set([...last].filter(([, hasLeft]) => hasLeft).map(([box]) => box))
}
