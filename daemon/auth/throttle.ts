import { SECOND } from '../../data/durations.ts'
import { Failure } from '../../data/failure.ts'
import { ownerOf } from '../net/ip.ts'
import { pairOf } from './known_addresses.ts'

/**
 * How many failed logins in a window a user may have from one address, and an address in all, before they must wait. There is no limit for
 * a user from all addresses: with it, anybody could lock that user out.
 */
const MOST_OF_PAIR = 10
const MOST_OF_PEER = 100
const WINDOW = 5 * 60 * SECOND
/** The first wait; each failed login after it doubles the wait, up to the longest. */
const FIRST_WAIT = 30 * SECOND
const LONGEST_WAIT = 15 * 60 * SECOND
/** How many counts are kept; more in one window means an attack from many addresses, and the oldest counts are dropped. */
const MOST_KEPT = 10_000

interface Count {
  failures: number
  /** When the count expires, and until when logins are refused, both in milliseconds of `performance.now()`. */
  ends: number
  waits: number
}

/** Makes peers wait after too many failed logins. */
export interface Throttle {
  /**
   * Throws Failure `too_many`, with the seconds to wait, after too many failed logins of this user from this peer, or of all users from
   * this peer. For a user who has logged in from there before, the failures of others do not count.
   */
  refuse(username: string, peer: string): void
  /** Counts a failed login; gives the seconds that the user or the peer must wait now, if any. */
  failed(username: string, peer: string): number | undefined
  /** Forgets the failed logins of the user from this peer. Those of the peer stay, or one valid login would hide many guesses. */
  succeeded(username: string, peer: string): void
}

/** `hasLoggedIn` says whether a user has logged in from a peer before. */
export function newThrottle(hasLoggedIn: (username: string, peer: string) => boolean): Throttle {
  const counts = new Map<string, Count>()

  function counted(key: string, now: number): Count {
    const known = counts.get(key)
    if (known && known.ends > now) return known
    counts.delete(key)
    if (counts.size >= MOST_KEPT) counts.delete(counts.keys().next().value!)
    const fresh = { failures: 0, ends: now + WINDOW, waits: 0 }
    counts.set(key, fresh)
    return fresh
  }

  return {
    refuse: (username, peer) => {
      if (counts.size === 0) return
      const [pair, whole] = keysOf(username, peer).map(({ key }) => counts.get(key)?.waits ?? 0)
      const waits = hasLoggedIn(username, peer) ? pair! : Math.max(pair!, whole!)
      const seconds = Math.ceil((waits - performance.now()) / SECOND)
      if (seconds > 0)
        throw new Failure(
          'too_many',
          `Too many logins failed; try again in ${seconds} ${seconds === 1 ? 'second' : 'seconds'}.`,
          { retryAfter: seconds },
        )
    },
    failed: (username, peer) => {
      const now = performance.now()
      const waits = keysOf(username, peer).map(({ key, most }) => fail(counted(key, now), most, now))
      return Math.max(...waits) || undefined
    },
    succeeded: (username, peer) => {
      if (counts.size > 0) counts.delete(pairOf(username, ownerOf(peer)))
    },
  }
}

/** Counts one more failure; gives the seconds to wait. */
function fail(count: Count, most: number, now: number): number {
  count.failures++
  if (count.failures < most) return 0
  const wait = Math.min(LONGEST_WAIT, FIRST_WAIT * 2 ** (count.failures - most))
  count.waits = now + wait
  count.ends = count.waits + WINDOW
  return wait / SECOND
}

function keysOf(username: string, peer: string): { key: string; most: number }[] {
  const owner = ownerOf(peer)
  return [
    { key: pairOf(username, owner), most: MOST_OF_PAIR },
    { key: owner, most: MOST_OF_PEER },
  ]
}
