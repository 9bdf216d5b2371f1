// One thing: the addresses of each role of the table, and when each of them hears.
import { mailbox } from '../../data/address.ts'
import type { User } from '../../data/tables.ts'
import { administrators, deputies } from '../letters/deputies.ts'
import { failingAt, reachedOf } from '../letters/failing_addresses.ts'
import { hasWritten, isMachine, isOneOf } from '../letters/writer.ts'
import { recentAnswers } from '../tickets/recent_answers.ts'
import { isUnconfirmed } from '../tickets/watchers.ts'
import { sees } from '../visible.ts'
import { wantedAt, wantingOf } from './choice.ts'
import { type HearerRole, isStep, rolesOf, type Staff, whenHeard } from './event_table.ts'
import type { Happened } from './happened.ts'

/** Which reminder of a ticket the administrators get, too, and all after that. */
const TOLD_ADMINISTRATORS = 3
const NOBODY: ReadonlyMap<string, string> = new Map()

/** The addresses of a role that hear of what happened. `heard` are those of the roles before it, by mailbox. */
export async function addressesOf(
  role: HearerRole,
  happened: Happened,
  heard: ReadonlyMap<string, string>,
): Promise<readonly string[]> {
  const { call, event, ticket, followup } = happened
  if (whenHeard(event, role, followup.public) === undefined) return []
  switch (role) {
    case 'submitter':
      return submitter(happened)
    case 'watchers':
      return watchers(happened)
    case 'former_owner':
      return firstAddresses(happened, await formerOwner(happened), heard)
    case 'answerers':
      return firstAddresses(happened, await answerers(happened), heard)
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

/** Whether what happened is not for the submitter's address. A step is private, but an agent who is the submitter, too, must act on it. */
export function isHidden({ event, followup }: Happened): boolean {
  return !followup.public && !isStep(event)
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
 * of a machine or a list causes none, whoever is the submitter. Who has asked for no more letters gets none.
 */
function submitter({ call, event, ticket: { submitter_email, submitter_stopped } }: Happened): string[] {
  const { actor, isUnacknowledged } = call
  if (submitter_email === null || submitter_stopped) return []
  const isTold =
    whenHeard(event, 'submitter', true) === 'persons'
      ? !isUnacknowledged && !isMachine(actor)
      : !(actor.kind === 'submitter' && isOneOf(actor, [submitter_email]))
  return isTold ? [submitter_email] : []
}

/** Unconfirmed watchers hear of what agents write alone. */
function watchers({ call: { actor }, ticket }: Happened): readonly string[] {
  const isAgents = actor.kind === 'user' || actor.kind === 'operator'
  return (ticket.watchers ?? []).filter(
    one => !isOneOf(actor, [one]) && (isAgents || !isUnconfirmed(ticket, one)),
  )
}

/** The active user whose ticket it was before, if that user still sees the queue. */
async function formerOwner({ call: { tx, actor }, followup, queue }: Happened): Promise<readonly User[]> {
  const from = followup.changes.find(({ field }) => field === 'assigned_to')?.from
  const user = typeof from === 'number' ? await tx.get('users', from) : undefined
  const isTold = user?.active && sees(user, queue.id) && user.notify !== 'none'
  return isTold && !hasWritten(actor, user.addresses) ? [user] : []
}

async function answerers({ call, ticket, queue }: Happened): Promise<readonly User[]> {
  const answers = await recentAnswers(call, ticket)
  const users = answers.map(({ user }) => user).filter(user => sees(user, queue.id))
  return wantingOf(call.tx, users, ticket)
}

/** A CC address, which several people may read, is notified even of what somebody there has written; only a machine is not. */
async function staff(role: Staff, happened: Happened): Promise<readonly string[]> {
  const { call, ticket, owner, queue } = happened
  const { actor } = call
  if (role !== 'owner') {
    const others = queue[role].filter(one => !(isMachine(actor) && isOneOf(actor, [one])))
    return wantedAt(call.tx, others, ticket)
  }
  const isTold = owner && owner.notify !== 'none' && !hasWritten(actor, owner.addresses)
  return isTold ? firstAddresses(happened, [owner], NOBODY) : []
}

/**
 * Whether somebody must act and no owner or CC address is notified, or letters do not reach them. Nobody must act on what an agent does,
 * except on a new ticket; and nobody else on what the owner has written.
 */
async function needsDeputies(happened: Happened): Promise<boolean> {
  const { call, event, ticket, followup, owner } = happened
  const { actor } = call
  const isKnown = owner !== undefined && hasWritten(actor, owner.addresses) && !isMachine(actor)
  const isByMailAlone = whenHeard(event, 'deputies', followup.public) === 'alone_by_mail'
  if (isKnown || (isByMailAlone && actor.kind !== 'submitter')) return false
  const without = isHidden(happened) ? ticket.submitter_email : null
  for (const role of rolesOf(event).filter(isStaff))
    for (const address of await staff(role, happened)) {
      const isTold = without === null || mailbox(address) !== mailbox(without)
      if (isTold && !(await failingAt(call.tx, address))) return false
    }
  return true
}

function isStaff(role: HearerRole): role is Staff {
  return role === 'owner' || role === 'new_ticket_cc' || role === 'updated_ticket_cc'
}
