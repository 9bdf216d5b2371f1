import { SECOND } from '../../data/durations.ts'
import { Failure } from '../../data/failure.ts'
import { ownerOf } from '../net/ip.ts'

/**
 * Wrong logins in a window after which a user at one address, and an address by itself, has to wait. Never a user alone, or anybody could
 * lock that user out.
 */
const MOST_OF_PAIR = 10
const MOST_OF_PEER = 100
const WINDOW = 5 * 60 * SECOND
/** The first wait; each wrong login behind it doubles the next, up to the longest. */
const FIRST_WAIT = 30 * SECOND
const LONGEST_WAIT = 15 * 60 * SECOND
/** More than this many names in one window are an attack from everywhere; the oldest are forgotten. */
const MOST_KEPT = 10_000

interface Count {
  failures: number
  /** When it is forgotten, and until when nobody gets in, by the clock that nobody sets. */
  ends: number
  waits: number
}

/** Holds off peers that log in wrongly too often. */
export interface Throttle {
  /**
   * Throws Failure `too_many` with the seconds to wait while too many logins failed of this user at this peer, or of the peer. Of a user who
   * has logged in from there before the others at the same address do not count.
   */
  refuse(username: string, peer: string): void
  /** Counts a wrong login; gives how many seconds its user or its peer has to wait now, if any. */
  failed(username: string, peer: string): number | undefined
  /** Forgets the wrong logins of the user at this peer. Those of the peer stay, or one good login would cover up for many bad ones. */
  succeeded(username: string, peer: string): void
}

/** `hasLoggedIn` tells whether a user has logged in from a peer before. */
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
          seconds,
        )
    },
    failed: (username, peer) => {
      const now = performance.now()
      const waits = keysOf(username, peer).map(({ key, most }) => fail(counted(key, now), most, now))
      return Math.max(...waits) || undefined
    },
    succeeded: (username, peer) => {
      if (counts.size > 0) counts.delete(pairKey(username, ownerOf(peer)))
    },
  }
}

/** Counts one more; gives the seconds to wait. */
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
    { key: pairKey(username, owner), most: MOST_OF_PAIR },
    { key: owner, most: MOST_OF_PEER },
  ]
}

function pairKey(username: string, owner: string): string {
  return `${owner} ${username}`
}
