import type { Ticket, User } from '../../data/tables.ts'
import { wantingOf } from '../hearers/choice.ts'
import type { Call } from '../method.ts'
import { sees } from '../visible.ts'
import { reachedOf } from './failing_addresses.ts'
import { hasWritten } from './writer.ts'

/** How many of the newest follow-ups are searched for an answer. */
const MOST_LOOKED_AT = 100

/**
 * Who hears of something that somebody must act on if neither an owner nor a CC address does: the agent who answered last, else all
 * administrators. Only active users who see the queue and have not written it themselves, and not those who want no letters, if there
 * are others.
 */
export async function deputies(call: Call, ticket: Ticket): Promise<readonly User[]> {
  const answerer = await lastAnswerer(call, ticket)
  if (answerer) return [answerer]
  const admins = await administrators(call, ticket)
  if (admins.length > 0) return admins
  // Better somebody who wants no letters than nobody.
  const owner = ticket.assigned_to === null ? undefined : await call.tx.get('users', ticket.assigned_to)
  return owner && canHear(call, ticket, owner) ? [owner] : []
}

/**
 * The administrators who are active, see the queue and have not written it themselves: those who want such letters, else all, since
 * somebody must hear.
 */
export async function administrators(call: Call, ticket: Ticket): Promise<readonly User[]> {
  const admins = await call.tx.find('users', { admin: true })
  const able = admins.filter(user => canHear(call, ticket, user))
  const willing = await wantingOf(call.tx, able, ticket)
  return willing.length > 0 ? willing : able
}

/** The author of the newest public follow-up of an agent. The text of a new ticket is no answer: programs open tickets, too. */
async function lastAnswerer(call: Call, ticket: Ticket): Promise<User | undefined> {
  const newest = { newest: true, limit: MOST_LOOKED_AT } as const
  const seen = new Set<number>()
  for (const followup of await call.tx.find('followups', { ticket: ticket.id }, newest)) {
    const { author, date } = followup
    if (!followup.public || author.kind !== 'user' || date === ticket.created || seen.has(author.user))
      continue
    seen.add(author.user)
    const user = await call.tx.get('users', author.user)
    if (!user || user.notify === 'none') continue
    if (canHear(call, ticket, user) && (await reachedOf(call.tx, user.addresses)) !== undefined) return user
  }
  return undefined
}

function canHear({ actor }: Call, { queue }: Ticket, user: User): boolean {
  return user.active && sees(user, queue) && !hasWritten(actor, user.addresses)
}
