import { Failure } from '../data/failure.ts'
import type { Actor } from './method.ts'

/** Throws Failure `forbidden` for a user who is no administrator and reaches for what another one has. */
export function refuseOthers(actor: Actor, owner: number, does: string): void {
  if (actor.kind !== 'user' || actor.user.admin || actor.user.id === owner) return
  throw new Failure('forbidden', `Only an administrator ${does}.`)
}
