import type { Kind } from '../method.ts'
import { user } from './references.ts'

/** Stands for the operator, who owns no ticket. */
export const OPERATOR = 0
/** Whose tickets: a user by id or username, `me`, or `none` for tickets without an owner. */
export interface Owner {
  /** The id of the user, or OPERATOR; null for nobody. */
  readonly id: number | null
  readonly name: string
}
export function owner(about: string): Kind<Owner> {
  const users = user(about)
  return {
    ...(users as unknown as Kind<Owner>),
    rule: 'a user id or username, me, or none',
    load: async (given, call) => {
      if (given === 'none') return { id: null, name: 'none' }
      if (given === 'me')
        return { id: call.actor.kind === 'user' ? call.actor.user.id : OPERATOR, name: 'me' }
      const { id, username } = await users.load!(given, call)
      return { id, name: username }
    },
  }
}
