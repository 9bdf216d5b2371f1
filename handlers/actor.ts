import { Failure } from '../data/failure.ts'
import type { Reader } from '../data/store.ts'
import type { Author, Door, Instant, Token } from '../data/tables.ts'
import { type Actor, admit, type Method } from './method.ts'
import { admitAboutOne } from './only_ticket.ts'

/** Who makes a call, through which door, and when. */
export interface Caller {
  readonly actor: Author
  /** The number of the token that the user logged in with. */
  readonly token?: number | undefined
  /** The one ticket that the caller may do something about, as far as the caller is proven. */
  readonly onlyTicket?: number | undefined
  readonly door: Door
  readonly now: Instant
}

/**
 * Loads the actor and checks that it may call the method. Throws Failure `unauthenticated` for an inactive user or an invalid token,
 * `forbidden` if the actor, the token, the proof or the door may not call the method.
 */
export async function admitted(
  tx: Reader,
  { actor: author, token, onlyTicket, door, now }: Caller,
  method: Method,
): Promise<Actor> {
  const actor = await loadActor(tx, author)
  admit(actor, method, door)
  if (onlyTicket !== undefined) admitAboutOne(method, onlyTicket)
  if (token !== undefined) await admitToken(tx, token, method, now)
  return actor
}

async function loadActor(tx: Reader, author: Author): Promise<Actor> {
  if (author.kind !== 'user') return author
  const user = await tx.get('users', author.user)
  if (!user?.active)
    throw new Failure('unauthenticated', 'This user is no longer active; ask an administrator.')
  return { kind: 'user', user }
}

async function admitToken(tx: Reader, id: number, { name, login }: Method, now: Instant): Promise<void> {
  const token = await tx.get('tokens', id)
  if (!token || isExpired(token, now))
    throw new Failure('unauthenticated', 'This token is no longer valid; ask for a new one.')
  if (login === 'password')
    throw new Failure('forbidden', `A token cannot call ${name}; log in with a password.`)
  if (!allows(token, name))
    throw new Failure('forbidden', `This token cannot call ${name}; it can call ${token.methods.join(', ')}.`)
}

/** Whether a caller with a token, or without one, may call a method, as far as the token limits that. */
export async function tokenAllows(tx: Reader, id: number | undefined, name: string): Promise<boolean> {
  const token = id === undefined ? undefined : await tx.get('tokens', id)
  return !token || allows(token, name)
}

/** A token that names no methods is for all. */
function allows({ methods }: Token, name: string): boolean {
  return methods.length === 0 || methods.includes(name)
}

/** Whether a token has expired. */
export function isExpired({ expires }: Token, now: Instant): boolean {
  return expires !== null && expires <= now
}
