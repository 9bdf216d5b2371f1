import type { KnownAddresses } from '../../../auth/known_addresses.ts'
import { ownerOf, UNIX } from '../../../net/ip.ts'

/** So many sessions may be open at once, at all listeners together. */
const MOST = 200
/** So many of them are kept for peers that we have a reason to expect: relays, and owners that somebody logged in from. */
const KEPT = { relay: 40, known: 20, stranger: 0 } as const
const MOST_OF_ONE = { relay: 100, known: 20, stranger: 20 } as const

export type Standing = keyof typeof KEPT

/** The place of one session. */
export interface SessionPlace {
  /** What its peer counts as in all that is shared. */
  readonly owner: string
  readonly standing: Standing
  /** Somebody has logged in: the session counts as known from now on. */
  becomeKnown(): void
  /** Says how the session is ended to make room for a newcomer; `end` gives false while it cannot be. */
  mayGiveWay(end: () => boolean): void
  /** Once; later it does nothing. */
  leave(): void
}
interface Open {
  standing: Standing
  end: () => boolean
}

/** The places for sessions at the mail door. A peer at a unix socket is a relay. */
export class Places {
  readonly #isRelay: (address: string) => boolean
  readonly #open = { relay: 0, known: 0, stranger: 0 }
  /** Of each owner, the oldest first. */
  readonly #openOf = new Map<string, Set<Open>>()
  readonly #knownAddresses: KnownAddresses

  constructor(isRelay: (address: string) => boolean, knownAddresses: KnownAddresses) {
    this.#isRelay = isRelay
    this.#knownAddresses = knownAddresses
  }

  /** Gives a place to a peer, or the sentence for a peer who gets none. */
  take(peer: string): SessionPlace | string {
    const owner = this.ownerOf(peer)
    const standing = this.#standingOf(peer)
    const own = this.#openOf.get(owner)?.size ?? 0
    const most = MOST_OF_ONE[standing]
    if (own >= most) return `${most} connections from your address are open; close one, or try again later.`
    if (!this.#hasRoom(standing) && !this.#makeRoom(own))
      return 'Too many connections are open; try again later.'
    return this.#place(owner, standing)
  }

  /** The owner that a session counts for. A relay counts by itself: it may stand in a network of strangers. */
  ownerOf(peer: string): string {
    if (peer === UNIX || this.#isRelay(peer)) return peer
    return ownerOf(peer)
  }

  #place(owner: string, standing: Standing): SessionPlace {
    const open: Open = { standing, end: () => false }
    const all = this.#openOf.get(owner) ?? new Set()
    this.#openOf.set(owner, all.add(open))
    this.#open[standing]++
    return {
      owner,
      get standing() {
        return open.standing
      },
      becomeKnown: () => {
        if (open.standing === 'relay' || !all.has(open)) return
        this.#open[open.standing]--
        open.standing = 'known'
        this.#open.known++
      },
      mayGiveWay: end => {
        open.end = end
      },
      leave: () => {
        if (!all.delete(open)) return
        this.#open[open.standing]--
        if (all.size === 0) this.#openOf.delete(owner)
      },
    }
  }

  /** Ends a session of the stranger with most sessions, for a newcomer that then has no more than that stranger. */
  #makeRoom(own: number): boolean {
    let most: Open[] = []
    for (const all of this.#openOf.values()) {
      const strangers = [...all].filter(({ standing }) => standing === 'stranger')
      if (strangers.length > most.length) most = strangers
    }
    return most.length >= own + 2 && most.some(({ end }) => end())
  }

  #hasRoom(standing: Standing): boolean {
    if (this.#open[standing] < KEPT[standing]) return true
    const kinds = Object.keys(KEPT) as Standing[]
    const shared = kinds.reduce((sum, kind) => sum + Math.max(0, this.#open[kind] - KEPT[kind]), 0)
    return shared < MOST - KEPT.relay - KEPT.known
  }

  #standingOf(peer: string): Standing {
    if (peer === UNIX || this.#isRelay(peer)) return 'relay'
    return this.#knownAddresses.has(peer) ? 'known' : 'stranger'
  }
}
