import type { Followup, Ticket } from '../data/tables.ts'
import { addressForClaim, claimedBy, withoutAcknowledgement } from './claim.ts'
import type { TicketEvent } from './hearers/event_table.ts'
import { happened } from './hearers/happened.ts'
import { hearersOf } from './hearers/hearers.ts'
import { withoutThoseWhoHave } from './letters/already_have.ts'
import { correctOthers } from './letters/changes/waiting_changes.ts'
import { noteStopped } from './letters/stopped_letters.ts'
import { tell } from './letters/tell.ts'
import { authorOf, type Call } from './method.ts'

/**
 * Writes one letter to each address that is notified of the event, as `hearers/event_table.ts` says and the users have chosen, unless a cap
 * holds the letter back.
 */
export async function notify(
  call: Call,
  event: TicketEvent,
  ticket: Ticket,
  followup: Followup,
): Promise<void> {
  const claimed = await claimedBy(call)
  const what = await happened(call, event, ticket, followup)
  const all = await hearersOf(what)
  noteStopped(what, all)
  const due = claimed ? withoutAcknowledgement(all, claimed, ticket) : all
  const heard = await withoutThoseWhoHave(call, due, event, ticket)
  const registered = claimed && addressForClaim(claimed, heard)
  const author = authorOf(call.actor)
  for (const to of heard.values()) await tell(call, { to, event, ticket, author }, followup)
  await correctOthers(call, ticket, followup, heard)
  if (registered !== undefined)
    await tell(call, { to: registered, event: 'claimed', ticket, author }, followup)
}
