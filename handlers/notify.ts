import { mailbox } from '../data/address.ts'
import type { Followup, Queue, Ticket, User } from '../data/tables.ts'
import { addressForClaim, claimedBy, withoutAcknowledgement } from './claim.ts'
import { tell } from './letters/tell.ts'
import { type Actor, authorOf, type Call } from './method.ts'

type Role = 'submitter' | 'owner' | 'new_ticket_cc' | 'updated_ticket_cc'
/** What happens to a ticket and is heard of. */
export type TicketEvent = 'opened' | 'followed_up' | 'resolved'

/** Who hears of what. Of a private follow-up the submitter never does. */
const hearers: Readonly<Record<TicketEvent, readonly Role[]>> = {
  opened: ['submitter', 'owner', 'new_ticket_cc', 'updated_ticket_cc'],
  followed_up: ['submitter', 'owner', 'updated_ticket_cc'],
  resolved: ['submitter', 'owner', 'updated_ticket_cc'],
}

/** Adds one letter for each address that hears of the event, unless a cap holds it back. */
export async function notify(
  call: Call,
  event: TicketEvent,
  ticket: Ticket,
  followup: Followup,
): Promise<void> {
  const claimed = await claimedBy(call)
  const all = await hearersOf(call, event, ticket, followup)
  const heard = claimed ? withoutAcknowledgement(all, claimed, ticket) : all
  const registered = claimed && addressForClaim(claimed, heard)
  const author = authorOf(call.actor)
  for (const to of heard.values()) await tell(call, { to, event, ticket, author }, followup)
  if (registered !== undefined)
    await tell(call, { to: registered, event: 'claimed', ticket, author }, followup)
}

/** Each address once, by what its spellings have in common. */
async function hearersOf(
  call: Call,
  event: TicketEvent,
  ticket: Ticket,
  followup: Followup,
): Promise<Map<string, string>> {
  const queue = (await call.tx.get('queues', ticket.queue))!
  const owner = ticket.assigned_to === null ? undefined : await call.tx.get('users', ticket.assigned_to)
  const heard = new Map<string, string>()
  for (const role of hearers[event]) {
    for (const address of addressesOf(role, call.actor, event, ticket, queue, owner)) {
      if (!heard.has(mailbox(address))) heard.set(mailbox(address), address)
    }
  }
  // Also an address that is on a list, or the owner's.
  if (!followup.public && ticket.submitter_email !== null) heard.delete(mailbox(ticket.submitter_email))
  return heard
}

function addressesOf(
  role: Role,
  actor: Actor,
  event: TicketEvent,
  ticket: Ticket,
  queue: Queue,
  owner: User | undefined,
): readonly string[] {
  if (role === 'submitter') return submitter(actor, event, ticket)
  if (role === 'owner') return ownerUnlessActor(actor, owner)
  return unlessItWroteIt(actor, queue[role])
}

/** A submitter gets all that is public, but of the submitter's own mails only that the ticket is open; a machine gets no answer to its mail. */
function submitter(actor: Actor, event: TicketEvent, { submitter_email }: Ticket): string[] {
  if (submitter_email === null) return []
  const mailedIt = actor.kind === 'submitter' && isOneOf(actor, [submitter_email])
  const told = !mailedIt || (event === 'opened' && !isMachine(actor))
  return told ? [submitter_email] : []
}

/** An unproven From does not keep a user from hearing of what was said in the user's name. */
function ownerUnlessActor(actor: Actor, owner: User | undefined): readonly string[] {
  if (!owner?.active) return []
  const didIt = (actor.kind === 'user' || isMachine(actor)) && isOneOf(actor, owner.addresses)
  return didIt ? [] : owner.addresses.slice(0, 1)
}

/** A machine that is told what it said would say it again, for ever. */
function unlessItWroteIt(actor: Actor, addresses: readonly string[]): readonly string[] {
  return isMachine(actor) ? addresses.filter(address => !isOneOf(actor, [address])) : addresses
}

/** Whether who did it writes from one of these addresses. */
function isOneOf(actor: Actor, addresses: readonly string[]): boolean {
  const mailboxes = addresses.map(mailbox)
  return ownAddresses(actor).some(own => mailboxes.includes(mailbox(own)))
}

function ownAddresses(actor: Actor): readonly string[] {
  if (actor.kind === 'user') return actor.user.addresses
  return actor.kind === 'submitter' && actor.address !== null ? [actor.address] : []
}

function isMachine(actor: Actor): boolean {
  return actor.kind === 'submitter' && actor.automatic
}
