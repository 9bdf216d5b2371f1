// One thing: the one way to log in, from what somebody shows to who that is.
import { HOUR } from '../../data/durations.ts'
import { Failure } from '../../data/failure.ts'
import type { Passwords } from '../../data/password.ts'
import { sha256 } from '../../data/secret.ts'
import type { Store } from '../../data/store.ts'
import type { Door, Token, User } from '../../data/tables.ts'
import { isToken } from '../../data/token.ts'
import { isExpired } from '../../handlers/actor.ts'
import type { Events } from '../log/events.ts'
import { networkOf, ownerOf } from '../net/ip.ts'
import { FairQueue } from './fair_queue.ts'
import { newTurns, type Turns } from './keyed_queue.ts'
import type { KnownAddresses } from './known_addresses.ts'
import { newThrottle, type Throttle } from './throttle.ts'

/** No username is longer, so what is longer is nobody's. */
const LONGEST_USERNAME = 64
/** Logins of one peer that wait for their check: about three seconds of work. */
const MOST_WAITING = 32

/** What somebody logs in with: a password, or a token in its place, which needs no username. */
export interface Credentials {
  readonly username: string
  readonly password: string
}
/** The user who logged in, and the number of the token that was shown. */
export interface LoggedIn {
  readonly user: User
  readonly token?: number
}

/**
 * Gives the active user with this username and password, or whose token it is. Whatever is wrong, the text is the same and so is the
 * work, so that nobody learns which usernames there are; only that there is no login is said. Throws Failure `unauthenticated`;
 * `too_many` after too many of them, by this peer for this user or by this peer; `unavailable` while too many others log in.
 */
export type LoginCheck = (credentials: Credentials, door: Door, peer: string) => Promise<LoggedIn>

interface LoginAttempt extends Credentials {
  readonly door: Door
  readonly peer: string
}
/** What a login looks at. */
export interface LoginSite {
  readonly store: Store
  readonly knownAddresses: KnownAddresses
  readonly passwords: Passwords
  readonly events: Events
}
interface Desk extends LoginSite {
  readonly throttle: Throttle
  readonly inTurn: Turns<string>
  readonly checks: FairQueue
}

/**
 * The one way to log in, for all doors of a store: a peer that is throttled at one is throttled at all, and one that logged in at one is
 * known at all.
 */
export function loginTo(site: LoginSite): LoginCheck {
  const { knownAddresses } = site
  const inTurn = newTurns<string>(MOST_WAITING, refuseMore)
  const throttle = newThrottle((username, peer) => knownAddresses.hasUser(username, peer))
  const desk = { ...site, throttle, inTurn, checks: new FairQueue() }
  return ({ username, password }, door, peer) => {
    const attempt = { username: username.slice(0, LONGEST_USERNAME + 1), password, door, peer }
    return isToken(password) ? byToken(desk, attempt) : byPassword(desk, attempt)
  }
}

function refuseMore(): never {
  throw new Failure('unavailable', 'Too many logins are being checked; try again in a few seconds.')
}

/**
 * Checks the logins of a peer one after the other, so that each finds the failures before it counted. A user who has logged in from that
 * peer before does not wait for the others there.
 */
async function byPassword(desk: Desk, attempt: LoginAttempt): Promise<LoggedIn> {
  const { store, throttle, knownAddresses, passwords, inTurn, checks } = desk
  const { username, password, peer } = attempt
  // An empty password guesses nothing: it is logged, and does not count towards the throttle.
  if (password === '') {
    desk.events.loginFailed(attempt.door, '(unknown)', peer)
    throw username === '' ? missing() : wrong()
  }
  throttle.refuse(username, peer)
  const [user] = await store.read(tx => tx.find('users', { username }))
  const hash = user?.active ? user.password_hash : null
  const welcome = (user: User) => {
    throttle.succeeded(username, peer)
    knownAddresses.add(username, peer)
    return { user }
  }
  if (user && passwords.isRemembered(username, password, hash)) return welcome(user)
  const isKnown = knownAddresses.hasUser(username, peer)
  const who = { network: networkOf(peer), isKnown }
  const right = await inTurn(isKnown ? `${ownerOf(peer)} ${username}` : ownerOf(peer), async () => {
    throttle.refuse(username, peer)
    if (passwords.isRemembered(username, password, hash)) return true
    const right = await checks.run(who, () => passwords.isRight(username, password, hash))
    if (user && right) welcome(user)
    else noteFailure(desk, user, attempt)
    return right
  })
  if (user && right) return { user }
  throw wrong()
}

/** A right one is let in whatever else came from the peer: it is too long to be guessed. */
async function byToken(desk: Desk, attempt: LoginAttempt): Promise<LoggedIn> {
  const { store, throttle, knownAddresses } = desk
  const { username, password, peer } = attempt
  const now = new Date().toISOString()
  const found = await store.read(async tx => {
    const [token] = await tx.find('tokens', { hash: sha256(password) })
    const user = token && (await tx.get('users', token.user))
    return token && user && { token, user }
  })
  if (found && isGood(found, username, now)) {
    await noteUse(store, found.token, now)
    knownAddresses.add(found.user.username, peer)
    return { user: found.user, token: found.token.id }
  }
  throttle.refuse(username, peer)
  noteFailure(desk, undefined, attempt)
  throw wrong()
}

function isGood({ token, user }: { token: Token; user: User }, username: string, now: string): boolean {
  return user.active && !isExpired(token, now) && (username === '' || username === user.username)
}

async function noteUse(store: Store, { id, last_used }: Token, now: string): Promise<void> {
  if (!isStale({ last_used }, now)) return
  try {
    await store.transact(async tx => {
      const token = await tx.get('tokens', id)
      if (token && isStale(token, now)) await tx.put('tokens', { ...token, last_used: now })
    })
  } catch (error) {
    // Want of room for this is no reason to keep somebody out; the call may need none.
    if (!(error instanceof Failure)) throw error
  }
}

function isStale({ last_used }: Pick<Token, 'last_used'>, now: string): boolean {
  return last_used === null || Date.parse(now) - Date.parse(last_used) >= HOUR
}

/** Counts it. People type their password where the username belongs: an unknown name is not logged. */
function noteFailure(
  { throttle, events }: Desk,
  user: User | undefined,
  { username, door, peer }: LoginAttempt,
): void {
  const name = user?.username ?? '(unknown)'
  events.loginFailed(door, name, peer)
  const seconds = throttle.failed(username, peer)
  if (seconds) events.loginThrottled(door, name, peer, seconds)
}

/** Tells nothing of any user. */
function missing(): Failure {
  return new Failure(
    'unauthenticated',
    'The login is missing or cannot be read; send a username and a password, or a token.',
  )
}

function wrong(): Failure {
  return new Failure('unauthenticated', 'The username or the password is wrong.')
}
