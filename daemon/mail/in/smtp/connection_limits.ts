import type { KnownAddresses } from '../../../auth/known_addresses.ts'
import { ownerOf, UNIX } from '../../../net/ip.ts'

/** How many sessions may be open at once, at all listeners together. */
const MOST = 200
/** How many of them are reserved for relays, and for addresses from which somebody has logged in. */
const KEPT = { relay: 40, known: 20, stranger: 0 } as const
const MOST_OF_ONE = { relay: 100, known: 20, stranger: 20 } as const

export type Standing = keyof typeof KEPT

/** The place that one session takes. */
export interface SessionPlace {
  /** The name under which its peer counts in all shared budgets. */
  readonly owner: string
  readonly standing: Standing
  /** Called after a login: from now on the session counts as known. */
  becomeKnown(): void
  /** Sets how the session is ended to make room for another; `end` gives false while it cannot be ended. */
  mayGiveWay(end: () => boolean): void
  /** Frees the place; further calls do nothing. */
  leave(): void
}
interface Open {
  standing: Standing
  end: () => boolean
}

/** The places for sessions at the mail door. A peer at a unix socket counts as a relay. */
export class Places {
  readonly #isRelay: (address: string) => boolean
  readonly #open = { relay: 0, known: 0, stranger: 0 }
  /** The sessions of each owner, oldest first. */
  readonly #openOf = new Map<string, Set<Open>>()
  readonly #knownAddresses: KnownAddresses

  constructor(isRelay: (address: string) => boolean, knownAddresses: KnownAddresses) {
    this.#isRelay = isRelay
    this.#knownAddresses = knownAddresses
  }

  /** Gives a place to a peer, or the sentence that refuses it. */
  take(peer: string): SessionPlace | string {
    const owner = this.ownerOf(peer)
    const standing = this.#standingOf(peer)
    const own = this.#openOf.get(owner)?.size ?? 0
    const most = MOST_OF_ONE[standing]
    if (own >= most) return `Too many connections from your address (${most}); close one or try again later.`
    if (!this.#hasRoom(standing) && !this.#makeRoom(own)) return 'Too many connections; try again later.'
    return this.#place(owner, standing)
  }

  /** The owner that a session counts for. A relay is an owner of its own, even if its IPv6 network has other hosts. */
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

  /** Ends a session of the stranger with the most sessions, if the newcomer then has at most as many as that stranger. */
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
