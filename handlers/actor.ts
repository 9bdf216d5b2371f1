import { Failure } from '../data/failure.ts'
import type { Reader } from '../data/store.ts'
import type { Author, Door, Instant, Token } from '../data/tables.ts'
import { type Actor, admit, type Method } from './method.ts'

/** The actor of a call, and its door. */
export interface Caller {
  readonly actor: Author
  /** The token that a user logged in with. */
  readonly token?: number | undefined
  readonly door: Door
  readonly now: Instant
}

/**
 * The actor as it is now, where it may call the method. Throws Failure `unauthenticated` for a user or a token that is not good any more,
 * `forbidden` for a method that is not for this actor, this token or this door.
 */
export async function admitted(
  tx: Reader,
  { actor: author, token, door, now }: Caller,
  method: Method,
): Promise<Actor> {
  const actor = await loadActor(tx, author)
  admit(actor, method, door)
  if (token !== undefined) await admitToken(tx, token, method, now)
  return actor
}

async function loadActor(tx: Reader, author: Author): Promise<Actor> {
  if (author.kind !== 'user') return author
  const user = await tx.get('users', author.user)
  if (!user?.active) throw new Failure('unauthenticated', 'This user is not active any more.')
  return { kind: 'user', user }
}

async function admitToken(tx: Reader, id: number, { name, login }: Method, now: Instant): Promise<void> {
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
