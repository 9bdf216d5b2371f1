import { Failure } from '../data/failure.ts'
import type { User } from '../data/tables.ts'
import type { Actor } from './method.ts'

/** Throws Failure `forbidden` for a user who is neither the owner nor an administrator. `does` completes "Only an administrator can". */
export function refuseOthers(actor: Actor, owner: number, does: string): void {
  if (actor.kind !== 'user' || actor.user.admin || actor.user.id === owner) return
  throw new Failure('forbidden', `Only an administrator can ${does}.`)
}

/** The user who makes the call. Throws Failure `forbidden` with the sentence for any other actor. */
export function actingUser(actor: Actor, sentence: string): User {
  if (actor.kind === 'user') return actor.user
  throw new Failure('forbidden', sentence)
}
