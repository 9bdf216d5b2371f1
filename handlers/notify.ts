// One thing: who is notified of what.
import { mailbox } from '../data/address.ts'
import type { Event, Followup, Queue, Ticket, User } from '../data/tables.ts'
import { addressForClaim, claimedBy, withoutAcknowledgement } from './claim.ts'
import { withoutThoseWhoHave } from './letters/already_have.ts'
import { administrators, deputies } from './letters/deputies.ts'
import { failingAt, reachedOf } from './letters/failing_addresses.ts'
import { failureHearers } from './letters/failure_hearers.ts'
import { tell } from './letters/tell.ts'
import { unreachedBy, withoutUnreached } from './letters/unreached.ts'
import { hasWritten, isMachine, isOneOf } from './letters/writer.ts'
import { authorOf, type Call } from './method.ts'
import { recentAnswers } from './tickets/recent_answers.ts'
import { isUnconfirmed } from './tickets/watchers.ts'
import { sees } from './visible.ts'

type Role = 'submitter' | 'watchers' | 'answerers' | Staff | 'deputies' | 'administrators'
/** Those who work on a ticket. */
type Staff = 'owner' | 'new_ticket_cc' | 'updated_ticket_cc'
/** The events of a ticket that cause letters. */
export type TicketEvent = Exclude<
  Event,
  | 'answered'
  | 'claimed'
  | 'held_back'
  | 'summary'
  | 'failing'
  | 'escalations'
  | 'key_spent'
  | 'unconfirmed'
  | 'cancelled'
>

/**
 * Who is notified of which event. Submitter and watchers are never notified of a private follow-up. A change without an event, such as
 * that of a title, a priority, a queue, a submitter or a watcher, notifies nobody. The deputies are notified if no owner or CC address is,
 * and somebody must act.
 */
const hearers: Readonly<Record<TicketEvent, readonly Role[]>> = {
  opened: ['submitter', 'owner', 'new_ticket_cc', 'updated_ticket_cc', 'deputies'],
  followed_up: ['submitter', 'watchers', 'owner', 'updated_ticket_cc', 'answerers', 'deputies'],
  resolved: ['submitter', 'watchers', 'owner', 'updated_ticket_cc', 'answerers'],
  // The new owner.
  assigned: ['owner'],
  reopened: ['submitter', 'watchers', 'owner', 'updated_ticket_cc'],
  closed: ['submitter', 'watchers', 'owner', 'updated_ticket_cc'],
  duplicate: ['submitter', 'watchers', 'owner', 'updated_ticket_cc'],
  // Whoever wrote the letter, or can act instead: see letters/failure_hearers.ts.
  letter_failed: [],
  // The steps of the helpdesk itself: somebody must act on each.
  escalated: ['owner', 'updated_ticket_cc', 'deputies'],
  reminder: ['owner', 'deputies', 'administrators'],
  hold_ended: ['owner', 'updated_ticket_cc', 'deputies'],
  due: ['owner', 'deputies'],
}
const STEPS: readonly TicketEvent[] = ['escalated', 'reminder', 'hold_ended', 'due']
/** Which reminder of a ticket the administrators get, too, and all after that. */
const TOLD_ADMINISTRATORS = 3

const NOBODY: ReadonlyMap<string, string> = new Map()

/** What decides who is notified. */
interface Happened {
  readonly call: Call
  readonly event: TicketEvent
  readonly ticket: Ticket
  readonly followup: Followup
  readonly queue: Queue
  /** The active owner, if that user sees the queue. */
  readonly owner: User | undefined
}

/** Writes one letter to each address that is notified of the event, unless a cap holds the letter back. */
export async function notify(
  call: Call,
  event: TicketEvent,
  ticket: Ticket,
  followup: Followup,
): Promise<void> {
  const claimed = await claimedBy(call)
  const all = await reachedHearersOf(await happened(call, event, ticket, followup))
  const due = claimed ? withoutAcknowledgement(all, claimed, ticket) : all
  const heard = await withoutThoseWhoHave(call, due, event, ticket)
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
  const queue = (await call.tx.get('queues', ticket.queue))!
  const user = ticket.assigned_to === null ? undefined : await call.tx.get('users', ticket.assigned_to)
  return {
    call,
    event,
    ticket,
    followup,
    queue,
    owner: user?.active && sees(user, queue.id) ? user : undefined,
  }
}

/** The same for a follow-up about a letter that did not arrive: never its address, and never nobody. */
async function reachedHearersOf(happened: Happened): Promise<ReadonlyMap<string, string>> {
  const { call, ticket, followup } = happened
  const heard = await hearersOf(happened)
  if (followup.about_letter === undefined && happened.event !== 'letter_failed') return heard
  const unreached = await unreachedBy(call.tx, followup)
  const reached = withoutUnreached(heard, unreached)
  return reached.size > 0 ? reached : failureHearers(call, ticket, unreached)
}

/** The addresses to notify, each once, whatever its spelling: keyed by mailbox. */
async function hearersOf(happened: Happened): Promise<Map<string, string>> {
  const { event, ticket } = happened
  const heard = new Map<string, string>()
  for (const role of hearers[event]) {
    for (const address of await addressesOf(role, happened, heard)) {
      if (!heard.has(mailbox(address))) heard.set(mailbox(address), address)
    }
  }
  // Even if the submitter's address is also a CC address or the owner's.
  if (isHidden(happened) && ticket.submitter_email !== null) heard.delete(mailbox(ticket.submitter_email))
  // An outsider's letter does not quote the follow-up.
  if (event === 'escalated' && happened.queue.tells_escalation && ticket.submitter_email !== null)
    heard.set(mailbox(ticket.submitter_email), ticket.submitter_email)
  return heard
}

/** Whether what happened is not for the submitter's address. A step is private, but an agent who is the submitter, too, must act on it. */
function isHidden({ event, followup }: Happened): boolean {
  return !followup.public && !STEPS.includes(event)
}

/** The addresses of a role. `heard` are those of the roles before it. */
async function addressesOf(
  role: Role,
  happened: Happened,
  heard: ReadonlyMap<string, string>,
): Promise<readonly string[]> {
  const { call, ticket, followup, queue } = happened
  switch (role) {
    case 'submitter':
      return submitter(happened)
    case 'watchers':
      return followup.public ? watchers(happened) : []
    case 'answerers': {
      const answers = await recentAnswers(call, ticket)
      const others = answers.map(({ user }) => user).filter(user => sees(user, queue.id))
      return firstAddresses(happened, others, heard)
    }
    case 'deputies':
      return (await needsDeputies(happened))
        ? firstAddresses(happened, await deputies(call, ticket), heard)
        : []
    case 'administrators':
      return (ticket.reminders ?? 0) < TOLD_ADMINISTRATORS
        ? []
        : firstAddresses(happened, await administrators(call, ticket), heard)
    default:
      return staff(role, happened)
  }
}

/** An address of each user who is not notified yet, one that letters reach if there is one. */
async function firstAddresses(
  { call: { tx } }: Happened,
  users: readonly User[],
  heard: ReadonlyMap<string, string>,
): Promise<string[]> {
  const found: string[] = []
  for (const { addresses } of users)
    if (!addresses.some(address => heard.has(mailbox(address))))
      found.push((await reachedOf(tx, addresses)) ?? addresses[0]!)
  return found
}

/**
 * The submitter is notified of everything public. For a mail of the submitter, that is only the acknowledgement of a new ticket; the mail
 * of a machine or a list causes none, whoever is the submitter.
 */
function submitter({ call, event, ticket: { submitter_email } }: Happened): string[] {
  const { actor, isUnacknowledged } = call
  if (submitter_email === null) return []
  if (event === 'opened' && (isUnacknowledged || isMachine(actor))) return []
  const mailedIt = actor.kind === 'submitter' && isOneOf(actor, [submitter_email])
  return !mailedIt || event === 'opened' ? [submitter_email] : []
}

/** Unconfirmed watchers hear of what agents write alone. */
function watchers({ call: { actor }, ticket }: Happened): readonly string[] {
  const isAgents = actor.kind === 'user' || actor.kind === 'operator'
  return (ticket.watchers ?? []).filter(
    one => !isOneOf(actor, [one]) && (isAgents || !isUnconfirmed(ticket, one)),
  )
}

/** A CC address, which several people may read, is notified even of what somebody there has written; only a machine is not. */
async function staff(role: Staff, happened: Happened): Promise<readonly string[]> {
  const { call, owner, queue } = happened
  const { actor } = call
  if (role !== 'owner') return queue[role].filter(one => !(isMachine(actor) && isOneOf(actor, [one])))
  return owner && !hasWritten(actor, owner.addresses) ? firstAddresses(happened, [owner], NOBODY) : []
}

/**
 * Whether somebody must act and no owner or CC address is notified, or letters do not reach them. Nobody must act on what an agent does,
 * except on a new ticket; and nobody else on what the owner has written.
 */
async function needsDeputies(happened: Happened): Promise<boolean> {
  const { call, event, ticket, owner } = happened
  const { actor } = call
  const isKnown = owner !== undefined && hasWritten(actor, owner.addresses) && !isMachine(actor)
  if (isKnown || (event !== 'opened' && actor.kind !== 'submitter' && !STEPS.includes(event))) return false
  const without = isHidden(happened) ? ticket.submitter_email : null
  for (const role of hearers[event].filter(isStaff))
    for (const address of await staff(role, happened)) {
      const isTold = without === null || mailbox(address) !== mailbox(without)
      if (isTold && !(await failingAt(call.tx, address))) return false
    }
  return true
}

function isStaff(role: Role): role is Staff {
  return role === 'owner' || role === 'new_ticket_cc' || role === 'updated_ticket_cc'
}
