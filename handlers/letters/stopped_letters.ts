import { mailbox } from '../../data/address.ts'
import type { Ticket } from '../../data/tables.ts'
import { whenHeard } from '../hearers/event_table.ts'
import type { Happened } from '../hearers/happened.ts'
import type { Call } from '../method.ts'
import { failingAt } from './failing_addresses.ts'
import { fateOf } from './tell.ts'
import { isSubmitter } from './weight.ts'
import { isMachine, isOneOf } from './writer.ts'

/**
 * Whether the letters about a ticket to its submitter stop, because a mail to the address of a link asks for that. Nothing proves who wrote
 * it, so a letter to the submitter says so, and how to undo it: letters stop only if that one may be written. Never at the wish of a
 * machine, and not twice.
 */
export async function stopsSubmitter(call: Call, ticket: Ticket, address: string): Promise<boolean> {
  const { submitter_email: to, submitter_stopped } = ticket
  if (to === null || !isSubmitter(ticket, address)) return false
  if (submitter_stopped || isMachine(call.actor) || (await failingAt(call.tx, to))) return false
  // It counts as an answer to the submitter, whoever wrote the mail.
  const author = { kind: 'submitter', address: to, automatic: false } as const
  if ((await fateOf(call, { to, event: 'stopped', ticket, author })) !== 'letter') return false
  call.heard.add(to)
  await call.tx.add('letters', {
    event: 'stopped',
    to,
    ticket: ticket.id,
    followup: null,
    answer: null,
    state: 'waiting',
    created: call.now,
    due: call.now,
    attempts: [],
  })
  return true
}

/** What changes about a ticket if its submitter, who wanted no more letters about it, writes again. */
export function hearsAgain(
  { actor }: Pick<Call, 'actor'>,
  { submitter_email, submitter_stopped }: Ticket,
): Pick<Ticket, 'submitter_stopped'> {
  if (!submitter_stopped || submitter_email === null) return {}
  return !isMachine(actor) && isOneOf(actor, [submitter_email]) ? { submitter_stopped: false } : {}
}

/** Tells the caller that the submitter does not hear of what happened, who has asked for that. `heard` is keyed by mailbox. */
export function noteStopped(
  { call, event, ticket, followup }: Happened,
  heard: ReadonlyMap<string, string>,
): void {
  const { id, submitter_email: address, submitter_stopped } = ticket
  if (!submitter_stopped || address === null || heard.has(mailbox(address))) return
  if (whenHeard(event, 'submitter', followup.public) === undefined || isOneOf(call.actor, [address])) return
  const sentence = `No letter to ${address} about ticket ${id}: its submitter has asked for no more.`
  call.heldBack.push({ cap: 'stopped', sentence })
}
