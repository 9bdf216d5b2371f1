import { Failure } from '../data/failure.ts'
import { isPassword } from '../data/password.ts'
import type { Store } from '../data/store.ts'
import type { Door, User } from '../data/tables.ts'
import { events } from './events.ts'

/**
 * The active user with this username and password. Whatever is wrong, the text is the same and so is the work, so that nobody
 * learns which usernames there are. Throws Failure `unauthenticated`, or `unavailable` while too many others log in.
 */
export async function login(
  store: Store,
  username: string,
  password: string,
  door: Door,
  peer: string,
): Promise<User> {
  const [user] = await store.read(tx => tx.find('users', { username }))
  const right = await isPassword(username, password, user?.active ? user.password_hash : null)
  if (user && right) return user
  // People type their password where the username belongs: an unknown name is not logged.
  events.loginFailed(door, user?.username ?? '(unknown)', peer)
  throw new Failure('unauthenticated', 'The username or the password is wrong.')
}
