import { HOUR } from '../../data/durations.ts'
import type { Reader, Tx } from '../../data/store.ts'
import type { Instant, Token, User } from '../../data/tables.ts'
import { isExpired } from '../../handlers/actor.ts'

/** A token that can be used, and its user. */
export interface TokenUser {
  readonly token: Token
  readonly user: User
}

/** The token with a hash, unless it has expired or its user is not active. A token that was revoked has no record. */
export async function tokenUser(tx: Reader, hash: string, now: Instant): Promise<TokenUser | undefined> {
  const [token] = await tx.find('tokens', { hash })
  const user = token && (await tx.get('users', token.user))
  return token && user?.active && !isExpired(token, now) ? { token, user } : undefined
}

/** Notes that a token was used; at most once an hour, since each note is written to the disk. */
export async function noteTokenUse(tx: Tx, id: number, now: Instant): Promise<void> {
  const token = await tx.get('tokens', id)
  if (token && isStale(token, now)) await tx.put('tokens', { ...token, last_used: now })
}

/** Whether the use of a token is to be noted. */
export function isStale({ last_used }: Pick<Token, 'last_used'>, now: Instant): boolean {
  return last_used === null || Date.parse(now) - Date.parse(last_used) >= HOUR
}
