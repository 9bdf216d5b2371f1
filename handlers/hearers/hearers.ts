import { mailbox } from '../../data/address.ts'
import type { Reader } from '../../data/store.ts'
import type { Ticket } from '../../data/tables.ts'
import { failingAt } from '../letters/failing_addresses.ts'
import { failureHearers } from '../letters/failure_hearers.ts'
import { unreachedBy, withoutUnreached } from '../letters/unreached.ts'
import { userAt } from '../user_at.ts'
import { rolesOf } from './event_table.ts'
import type { Happened } from './happened.ts'
import { addressesOf, isHidden } from './role_addresses.ts'

/**
 * The addresses to notify of what happened, each once, whatever its spelling, keyed by mailbox. A follow-up about a letter that did not
 * arrive is never told to the address of that letter, and never to nobody.
 */
export async function hearersOf(happened: Happened): Promise<ReadonlyMap<string, string>> {
  const { call, ticket, followup, event } = happened
  const heard = await byTable(happened)
  if (followup.about_letter === undefined && event !== 'letter_failed') return heard
  const unreached = await unreachedBy(call.tx, followup)
  const reached = withoutUnreached(heard, unreached)
  return reached.size > 0 ? reached : failureHearers(call, ticket, unreached)
}

async function byTable(happened: Happened): Promise<Map<string, string>> {
  const { call, event, ticket, queue } = happened
  const heard = new Map<string, string>()
  for (const role of rolesOf(event))
    for (const address of await addressesOf(role, happened, heard))
      if (
        !heard.has(mailbox(address)) &&
        (role === 'submitter' || !(await hearsElsewhere(call.tx, address, heard, ticket)))
      )
        heard.set(mailbox(address), address)
  if (ticket.submitter_email === null) return heard
  // Even if the submitter's address is also a CC address or the owner's.
  if (isHidden(happened)) heard.delete(mailbox(ticket.submitter_email))
  // An outsider's letter does not quote the follow-up.
  if (event === 'escalated' && queue.tells_escalation && !ticket.submitter_stopped)
    heard.set(mailbox(ticket.submitter_email), ticket.submitter_email)
  return heard
}

/** Whether an address is one of a user who hears at another one. A letter to the submitter is none to staff. */
async function hearsElsewhere(
  tx: Reader,
  address: string,
  heard: ReadonlyMap<string, string>,
  { submitter_email }: Ticket,
): Promise<boolean> {
  const user = await userAt(tx, address)
  for (const other of user?.addresses ?? []) {
    const isSubmitters = submitter_email !== null && mailbox(submitter_email) === mailbox(other)
    if (heard.has(mailbox(other)) && !isSubmitters && !(await failingAt(tx, other))) return true
  }
  return false
}
