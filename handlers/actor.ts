import { Failure } from '../data/failure.ts'
import type { Reader } from '../data/store.ts'
import type { Author, Instant, Token } from '../data/tables.ts'
import type { Actor, Method } from './method.ts'

/** Who calls, as he is now. Throws Failure `unauthenticated` for a user who is gone or was switched off. */
export async function loadActor(tx: Reader, author: Author): Promise<Actor> {
  if (author.kind !== 'user') return author
  const user = await tx.get('users', author.user)
  if (!user?.active) throw new Failure('unauthenticated', 'This user is not active any more.')
  return { kind: 'user', user }
}

/** Throws Failure `unauthenticated` when the token that was logged in with is no good any more, `forbidden` when it is not for the method. */
export async function admitToken(
  tx: Reader,
  id: number | undefined,
  { name, login }: Method,
  now: Instant,
): Promise<void> {
  if (id === undefined) return
  const token = await tx.get('tokens', id)
  if (!token || isExpired(token, now))
    throw new Failure('unauthenticated', 'This token is not good any more; ask for another.')
  if (login === 'password')
    throw new Failure('forbidden', `${name} is not for tokens; log in with the password.`)
  if (token.methods.length > 0 && !token.methods.includes(name))
    throw new Failure('forbidden', `This token is not for ${name}; it is for ${token.methods.join(', ')}.`)
}

/** Whether a token has reached its end. */
export function isExpired({ expires }: Token, now: Instant): boolean {
  return expires !== null && expires <= now
}
