import { mailbox } from '../../data/address.ts'
import type { Actor } from '../method.ts'

/** Whether one of the addresses is that of the actor, as far as the actor's mail says. */
export function isOneOf(actor: Actor, addresses: readonly string[]): boolean {
  const mailboxes = addresses.map(mailbox)
  return ownAddresses(actor).some(own => mailboxes.includes(mailbox(own)))
}

/**
 * Whether an agent with these addresses has written it, and so needs no letter about it. A person's mail that only names the agent may
 * come from anybody. That of a machine counts, since an answer to a letter about it could start a loop.
 */
export function hasWritten(actor: Actor, addresses: readonly string[]): boolean {
  return (actor.kind === 'user' || isMachine(actor) || isProven(actor)) && isOneOf(actor, addresses)
}

export function isMachine(actor: Actor): boolean {
  return actor.kind === 'submitter' && actor.automatic
}

function isProven(actor: Actor): boolean {
  return actor.kind === 'submitter' && actor.proven === true
}

function ownAddresses(actor: Actor): readonly string[] {
  if (actor.kind === 'user') return actor.user.addresses
  return actor.kind === 'submitter' && actor.address !== null ? [actor.address] : []
}
