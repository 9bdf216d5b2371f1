// One thing: the only way to log in, from credentials to the user.
import { Failure } from '../../data/failure.ts'
import type { Passwords } from '../../data/password/password.ts'
import { tooManyLogins } from '../../data/password/password_queue.ts'
import { sha256 } from '../../data/secret.ts'
import type { Store } from '../../data/store.ts'
import type { Door, Token, User } from '../../data/tables.ts'
import { isToken } from '../../data/token.ts'
import type { Events } from '../log/events.ts'
import { networkOf, ownerOf } from '../net/ip.ts'
import { FairQueue } from './fair_queue.ts'
import { newTurns, type Turns } from './keyed_queue.ts'
import { type KnownAddresses, pairOf } from './known_addresses.ts'
import { newThrottle, type Throttle } from './throttle.ts'
import { isStale, noteTokenUse, tokenUser } from './token_user.ts'
import { UserLookup } from './user_lookup.ts'

/** No username is longer, so a longer name matches no user. */
const LONGEST_USERNAME = 64
/** How many logins of one peer may wait for their check: about three seconds of work. */
const MOST_WAITING = 32

/** What a client logs in with: a password, or a token in place of it, which needs no username. */
export interface Credentials {
  readonly username: string
  readonly password: string
}
/** The user who logged in, and the number of the token if one was used. */
export interface LoggedIn {
  readonly user: User
  readonly token?: number
}

/**
 * Gives the active user with this username and password, or with this token. Throws Failure `unauthenticated` with the same text and after
 * the same work whatever is wrong, so that nobody learns which usernames exist (a missing login has a text of its own); `too_many` after
 * too many failed logins from this peer, for this user or in all; `unavailable` while too many logins are being checked.
 */
export type LoginCheck = (credentials: Credentials, door: Door, peer: string) => Promise<LoggedIn>

interface LoginAttempt extends Credentials {
  readonly door: Door
  readonly peer: string
}
/** What `loginTo` needs. */
export interface LoginSite {
  readonly store: Store
  readonly knownAddresses: KnownAddresses
  readonly passwords: Passwords
  readonly events: Events
}
interface Desk extends LoginSite {
  readonly users: UserLookup
  readonly throttle: Throttle
  readonly inTurn: Turns<string>
  readonly checks: FairQueue
}

/**
 * Makes the login check for all doors of a store: a peer that is throttled at one door is throttled at all, and a peer that logged in at
 * one door is known at all.
 */
export function loginTo(site: LoginSite): LoginCheck {
  const { knownAddresses } = site
  const inTurn = newTurns<string>(MOST_WAITING, refuseMore)
  const throttle = newThrottle((username, peer) => knownAddresses.hasUser(username, peer))
  const desk = { ...site, users: new UserLookup(site.store), throttle, inTurn, checks: new FairQueue() }
  return ({ username, password }, door, peer) => {
    const attempt = { username: username.slice(0, LONGEST_USERNAME + 1), password, door, peer }
    return isToken(password) ? byToken(desk, attempt) : byPassword(desk, attempt)
  }
}

function refuseMore(): never {
  throw tooManyLogins()
}

/**
 * Checks the logins of a peer one after the other, so that all earlier failures are counted. A user who has logged in from that peer
 * before does not wait for the others there.
 */
async function byPassword(desk: Desk, attempt: LoginAttempt): Promise<LoggedIn> {
  const { users, throttle, knownAddresses, passwords, inTurn, checks } = desk
  const { username, password, peer } = attempt
  // An empty password is not a guess: it is logged, but does not count for the throttle.
  if (password === '') {
    desk.events.loginFailed(attempt.door, '(unknown)', peer)
    throw username === '' ? missing() : wrong()
  }
  throttle.refuse(username, peer)
  const welcome = (user: User) => {
    throttle.succeeded(username, peer)
    knownAddresses.add(username, peer)
    return { user }
  }
  // The user that was found before serves a good login alone: a bad one is the same work for every username.
  const before = users.get(username)
  if (before && passwords.isRemembered(username, password, hashOf(before))) return welcome(before)
  const user = await users.find(username)
  const hash = hashOf(user)
  if (user && passwords.isRemembered(username, password, hash)) return welcome(user)
  const isKnown = knownAddresses.hasUser(username, peer)
  const who = { network: networkOf(peer), isKnown }
  const right = await inTurn(isKnown ? pairOf(username, ownerOf(peer)) : ownerOf(peer), async () => {
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

/** The hash to check a password against; null, which no password fits, without an active user. */
function hashOf(user: User | undefined): string | null {
  return user?.active ? user.password_hash : null
}

/** A valid token is accepted even from a throttled peer: it is too long to be guessed. */
async function byToken(desk: Desk, attempt: LoginAttempt): Promise<LoggedIn> {
  const { store, throttle, knownAddresses } = desk
  const { username, password, peer } = attempt
  const now = new Date().toISOString()
  const found = await store.read(tx => tokenUser(tx, sha256(password), now))
  if (found && (username === '' || username === found.user.username)) {
    await noteUse(store, found.token, now)
    knownAddresses.add(found.user.username, peer)
    return { user: found.user, token: found.token.id }
  }
  throttle.refuse(username, peer)
  noteFailure(desk, undefined, attempt)
  throw wrong()
}

async function noteUse(store: Store, { id, last_used }: Token, now: string): Promise<void> {
  if (!isStale({ last_used }, now)) return
  try {
    await store.transact(tx => noteTokenUse(tx, id, now))
  } catch (error) {
    // A full disk must not prevent the login; the call itself may need no room.
    if (!(error instanceof Failure)) throw error
  }
}

/** Counts a failed login. An unknown name is not logged: people type their password in the wrong field. */
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

/** Reveals nothing about any user. */
function missing(): Failure {
  return new Failure(
    'unauthenticated',
    'The login is missing or cannot be read; send a username and a password, or a token.',
  )
}

function wrong(): Failure {
  return new Failure('unauthenticated', 'The username or the password is wrong.')
}
