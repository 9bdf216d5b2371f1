import { HOUR, MINUTE } from '../../data/durations.ts'
import { ownerOf } from '../net/ip.ts'

/** How long an address is known after its last login. */
const KEPT_MILLISECONDS = 12 * HOUR
/** How many pairs of user and address are remembered, and how many addresses; the one with the oldest login is dropped first. */
const MOST_KEPT = 10_000
/** A login is noted again only after this time: a program may log in a thousand times a second. */
const RENEWED_MILLISECONDS = MINUTE

/**
 * The addresses (for IPv6, the /64 networks) from which somebody has logged in during the last hours, at any door. Every other address is
 * a stranger. Limits reserve places for known addresses. They are kept in memory only: after a start, every address is a stranger.
 */
export class KnownAddresses {
  /** Until when each pair is known, by `owner username`, the oldest login first. */
  readonly #pairs = new Map<string, number>()
  readonly #owners = new Map<string, number>()

  /** Notes a successful login. */
  add(username: string, peer: string): void {
    const owner = ownerOf(peer)
    const until = performance.now() + KEPT_MILLISECONDS
    note(this.#pairs, pairOf(username, owner), until)
    note(this.#owners, owner, until)
  }

  /** Whether anybody has logged in from the address of this peer or owner. */
  has(peer: string): boolean {
    return isNow(this.#owners.get(ownerOf(peer)))
  }

  /** Whether this user has logged in from the address of this peer. */
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

/** The key of a user at an owner of addresses. */
export function pairOf(username: string, owner: string): string {
  return `${owner} ${username}`
}
