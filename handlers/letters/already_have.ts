import type { Ticket } from '../../data/tables.ts'
import type { Call } from '../method.ts'
import { isOfStaff, isSubmitter } from './weight.ts'
import { isOneOf } from './writer.ts'

/**
 * Without the addresses that stand in To or Cc of the mail of the call and so have it already. An unproven mail may only say so, and then
 * staff still hear. The sender still gets the acknowledgement of a new ticket. `hearers` are addresses by mailbox.
 */
export async function withoutThoseWhoHave(
  { tx, actor, alreadyHave }: Call,
  hearers: ReadonlyMap<string, string>,
  event: string,
  ticket: Ticket,
): Promise<ReadonlyMap<string, string>> {
  const isProven = actor.kind === 'user' || (actor.kind === 'submitter' && actor.proven === true)
  const left = new Map(hearers)
  for (const box of alreadyHave) {
    if (!left.has(box)) continue
    const isAcknowledged = event === 'opened' && isSubmitter(ticket, box) && isOneOf(actor, [box])
    if (!isAcknowledged && (isProven || !(await isOfStaff(tx, box)))) left.delete(box)
  }
  return left
}
