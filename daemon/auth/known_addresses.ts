import { HOUR, MINUTE } from '../../data/durations.ts'
import { ownerOf } from '../net/ip.ts'

/** How long an address is known after its last login. */
const KEPT_MILLISECONDS = 12 * HOUR
/** So many pairs of user and address are known; the one whose last login is longest ago goes first. */
const MOST_KEPT = 10_000
/** A login is noted again when the last note is so old: a program may log in a thousand times a second. */
const RENEWED_MILLISECONDS = MINUTE

/**
 * The addresses (of IPv6: networks of 64 bits) that somebody has logged in from during the last hours, at any door. Places are kept for
 * them where strangers fill the rest. They are in memory alone: after a start, everybody is a stranger until the first login.
 */
export class KnownAddresses {
  /** By `owner username`, the oldest login first: until when it is known. */
  readonly #pairs = new Map<string, number>()
  readonly #owners = new Map<string, number>()

  /** Notes a good login. */
  add(username: string, peer: string): void {
    const owner = ownerOf(peer)
    const until = performance.now() + KEPT_MILLISECONDS
    note(this.#pairs, pairOf(username, owner), until)
    note(this.#owners, owner, until)
  }

  /** Whether anybody has logged in from the address of this peer, or of this owner. */
  has(peer: string): boolean {
    return isNow(this.#owners.get(ownerOf(peer)))
  }

  /** Whether this user has logged in from it. */
  hasUser(username: string, peer: string): boolean {
    return isNow(this.#pairs.get(pairOf(username, ownerOf(peer))))
  }
}

function note(known: Map<string, number>, key: string, until: number): void {
  if ((known.get(key) ?? 0) > until - RENEWED_MILLISECONDS) return
  known.delete(key)
  if (known.size >= MOST_KEPT) known.delete(known.keys().next().value!)
  known.set(key, until)
}

function isNow(until = 0): boolean {
  return until > performance.now()
}

function pairOf(username: string, owner: string): string {
  return `${owner} ${username}`
}
