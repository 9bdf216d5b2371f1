import { mailbox } from '../data/address.ts'
import type { Followup, Queue, Ticket, User } from '../data/tables.ts'
import { addressForClaim, claimedBy, withoutAcknowledgement } from './claim.ts'
import { tell } from './letters/tell.ts'
import { type Actor, authorOf, type Call } from './method.ts'
import { sees } from './visible.ts'

type Role = 'submitter' | 'owner' | 'new_ticket_cc' | 'updated_ticket_cc'
/** The events of a ticket that cause letters. */
export type TicketEvent = 'opened' | 'followed_up' | 'resolved'

/** Who is notified of which event. The submitter is never notified of a private follow-up. */
const hearers: Readonly<Record<TicketEvent, readonly Role[]>> = {
  opened: ['submitter', 'owner', 'new_ticket_cc', 'updated_ticket_cc'],
  followed_up: ['submitter', 'owner', 'updated_ticket_cc'],
  resolved: ['submitter', 'owner', 'updated_ticket_cc'],
}

/** Writes one letter to each address that is notified of the event, unless a cap holds the letter back. */
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

/** The addresses to notify, each once, whatever its spelling: keyed by mailbox. */
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
  // Even if the submitter's address is also a CC address or the owner's.
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
  if (role === 'owner') return ownerUnlessActor(actor, owner && sees(owner, queue.id) ? owner : undefined)
  return unlessItWroteIt(actor, queue[role])
}

/** The submitter is notified of everything public. For a mail of the submitter, that is only the acknowledgement of a new ticket; a machine gets none. */
function submitter(actor: Actor, event: TicketEvent, { submitter_email }: Ticket): string[] {
  if (submitter_email === null) return []
  const mailedIt = actor.kind === 'submitter' && isOneOf(actor, [submitter_email])
  const told = !mailedIt || (event === 'opened' && !isMachine(actor))
  return told ? [submitter_email] : []
}

/** The owner is also notified of a person's mail that claims the owner's address without proof. */
function ownerUnlessActor(actor: Actor, owner: User | undefined): readonly string[] {
  if (!owner?.active) return []
  const didIt = (actor.kind === 'user' || isMachine(actor)) && isOneOf(actor, owner.addresses)
  return didIt ? [] : owner.addresses.slice(0, 1)
}

/** A machine gets no letter about its own mail, since its answer could start a loop. */
function unlessItWroteIt(actor: Actor, addresses: readonly string[]): readonly string[] {
  return isMachine(actor) ? addresses.filter(address => !isOneOf(actor, [address])) : addresses
}

/** Whether one of the addresses is the actor's. */
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
