// One thing: who is notified of what.
import { mailbox } from '../data/address.ts'
import type { Event, Followup, Queue, Ticket, User } from '../data/tables.ts'
import { addressForClaim, claimedBy, withoutAcknowledgement } from './claim.ts'
import { failureHearers } from './letters/failure_hearers.ts'
import { tell } from './letters/tell.ts'
import { unreachedBy, withoutUnreached } from './letters/unreached.ts'
import { type Actor, authorOf, type Call } from './method.ts'
import { recentAnswers } from './tickets/recent_answers.ts'
import { sees } from './visible.ts'

type Role = 'submitter' | 'watchers' | 'owner' | 'new_ticket_cc' | 'updated_ticket_cc' | 'answerers'
/** The events of a ticket that cause letters. */
export type TicketEvent = Exclude<Event, 'answered' | 'claimed' | 'held_back' | 'summary' | 'failing'>

/**
 * Who is notified of which event. Submitter and watchers are never notified of a private follow-up. A change without an event, such as
 * that of a title, a priority, a queue, a submitter or a watcher, notifies nobody.
 */
const hearers: Readonly<Record<TicketEvent, readonly Role[]>> = {
  opened: ['submitter', 'owner', 'new_ticket_cc', 'updated_ticket_cc'],
  followed_up: ['submitter', 'watchers', 'owner', 'updated_ticket_cc', 'answerers'],
  resolved: ['submitter', 'watchers', 'owner', 'updated_ticket_cc', 'answerers'],
  // The new owner.
  assigned: ['owner'],
  reopened: ['submitter', 'watchers', 'owner', 'updated_ticket_cc'],
  closed: ['submitter', 'watchers', 'owner', 'updated_ticket_cc'],
  duplicate: ['submitter', 'watchers', 'owner', 'updated_ticket_cc'],
  // Whoever wrote the letter, or can act instead: see letters/failure_hearers.ts.
  letter_failed: [],
}

/** What decides who is notified. */
interface Happened {
  readonly actor: Actor
  readonly isUnacknowledged: boolean
  readonly event: TicketEvent
  readonly ticket: Ticket
  readonly followup: Followup
  readonly queue: Queue
  readonly owner: User | undefined
  /** The other agents who answered in the last minutes. */
  readonly answerers: readonly User[]
}

/** Writes one letter to each address that is notified of the event, unless a cap holds the letter back. */
export async function notify(
  call: Call,
  event: TicketEvent,
  ticket: Ticket,
  followup: Followup,
): Promise<void> {
  const claimed = await claimedBy(call)
  const unreached = await unreachedBy(call.tx, followup)
  const all =
    event === 'letter_failed'
      ? await failureHearers(call.tx, ticket, unreached)
      : withoutUnreached(hearersOf(await happened(call, event, ticket, followup)), unreached)
  const heard = claimed ? withoutAcknowledgement(all, claimed, ticket) : all
  const registered = claimed && addressForClaim(claimed, heard)
  const author = authorOf(call.actor)
  for (const to of heard.values()) await tell(call, { to, event, ticket, author }, followup)
  if (registered !== undefined)
    await tell(call, { to: registered, event: 'claimed', ticket, author }, followup)
}

async function happened(
  call: Call,
  event: TicketEvent,
  ticket: Ticket,
  followup: Followup,
): Promise<Happened> {
  const { tx, actor, isUnacknowledged } = call
  const queue = (await tx.get('queues', ticket.queue))!
  const owner = ticket.assigned_to === null ? undefined : await tx.get('users', ticket.assigned_to)
  const answers = hearers[event].includes('answerers') ? await recentAnswers(call, ticket) : []
  const answerers = answers.map(({ user }) => user)
  return { actor, isUnacknowledged, event, ticket, followup, queue, owner, answerers }
}

/** The addresses to notify, each once, whatever its spelling: keyed by mailbox. */
function hearersOf(happened: Happened): Map<string, string> {
  const { event, ticket, followup } = happened
  const heard = new Map<string, string>()
  for (const role of hearers[event]) {
    for (const address of addressesOf(role, happened, heard)) {
      if (!heard.has(mailbox(address))) heard.set(mailbox(address), address)
    }
  }
  // Even if the submitter's address is also a CC address or the owner's.
  if (!followup.public && ticket.submitter_email !== null) heard.delete(mailbox(ticket.submitter_email))
  return heard
}

/** The addresses of a role. `heard` are those of the roles before it. */
function addressesOf(role: Role, happened: Happened, heard: ReadonlyMap<string, string>): readonly string[] {
  const { actor, ticket, followup, queue, owner, answerers } = happened
  switch (role) {
    case 'submitter':
      return submitter(happened)
    case 'watchers':
      return followup.public ? unlessActor(actor, ticket.watchers ?? []) : []
    case 'owner':
      return ownerUnlessActor(actor, owner && sees(owner, queue.id) ? owner : undefined)
    case 'answerers':
      return answerers.filter(user => sees(user, queue.id)).flatMap(user => addressUnlessHeard(user, heard))
    default:
      return unlessItWroteIt(actor, queue[role])
  }
}

function unlessActor(actor: Actor, addresses: readonly string[]): readonly string[] {
  return addresses.filter(address => !isOneOf(actor, [address]))
}

function addressUnlessHeard({ addresses }: User, heard: ReadonlyMap<string, string>): readonly string[] {
  return addresses.some(address => heard.has(mailbox(address))) ? [] : addresses.slice(0, 1)
}

/**
 * The submitter is notified of everything public. For a mail of the submitter, that is only the acknowledgement of a new ticket; the mail
 * of a machine or a list causes none, whoever is the submitter.
 */
function submitter({ actor, isUnacknowledged, event, ticket: { submitter_email } }: Happened): string[] {
  if (submitter_email === null) return []
  if (event === 'opened' && (isUnacknowledged || isMachine(actor))) return []
  const mailedIt = actor.kind === 'submitter' && isOneOf(actor, [submitter_email])
  return !mailedIt || event === 'opened' ? [submitter_email] : []
}

/** The owner is also notified of a person's mail that claims the owner's address without proof. */
function ownerUnlessActor(actor: Actor, owner: User | undefined): readonly string[] {
  if (!owner?.active) return []
  const didIt = (actor.kind === 'user' || isMachine(actor)) && isOneOf(actor, owner.addresses)
  return didIt ? [] : owner.addresses.slice(0, 1)
}

/** A machine gets no letter about its own mail, since its answer could start a loop. */
function unlessItWroteIt(actor: Actor, addresses: readonly string[]): readonly string[] {
  return isMachine(actor) ? unlessActor(actor, addresses) : addresses
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
