import { mailbox } from '../../data/address.ts'
import { failureHearers } from '../letters/failure_hearers.ts'
import { unreachedBy, withoutUnreached } from '../letters/unreached.ts'
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
  const { event, ticket, queue } = happened
  const heard = new Map<string, string>()
  for (const role of rolesOf(event))
    for (const address of await addressesOf(role, happened, heard))
      if (!heard.has(mailbox(address))) heard.set(mailbox(address), address)
  if (ticket.submitter_email === null) return heard
  // Even if the submitter's address is also a CC address or the owner's.
  if (isHidden(happened)) heard.delete(mailbox(ticket.submitter_email))
  // An outsider's letter does not quote the follow-up.
  if (event === 'escalated' && queue.tells_escalation)
    heard.set(mailbox(ticket.submitter_email), ticket.submitter_email)
  return heard
}
