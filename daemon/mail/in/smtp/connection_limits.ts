import type { KnownAddresses } from '../../../auth/known_addresses.ts'
import { LMTP, ownerOf, UNIX } from '../../../net/ip.ts'

export type Standing = 'relay' | 'known' | 'stranger'

interface PlaceLimits {
  /** How many sessions may be open at once. */
  readonly most: number
  /** How many of them are reserved for relays, and for addresses from which somebody has logged in. */
  readonly kept: Readonly<Record<Standing, number>>
  readonly mostOfOne: Readonly<Record<Standing, number>>
}

/** For all listeners that take the mail of anybody together. */
export const OPEN_LIMITS: PlaceLimits = {
  most: 200,
  kept: { relay: 40, known: 20, stranger: 0 },
  mostOfOne: { relay: 100, known: 20, stranger: 20 },
}
/** For those where users log in, so that a crowd at one kind keeps nobody from the other. */
export const SUBMISSION_LIMITS: PlaceLimits = {
  most: 60,
  kept: { relay: 0, known: 30, stranger: 0 },
  mostOfOne: { relay: 20, known: 20, stranger: 10 },
}
/** For LMTP. */
export const LMTP_LIMITS: PlaceLimits = {
  most: 50,
  kept: { relay: 50, known: 0, stranger: 0 },
  mostOfOne: { relay: 50, known: 0, stranger: 0 },
}

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

/** The places for sessions at the mail door. A peer at a unix socket or by LMTP counts as a relay. */
export class Places {
  readonly #isRelay: (address: string) => boolean
  readonly #open = { relay: 0, known: 0, stranger: 0 }
  /** The sessions of each owner, oldest first. */
  readonly #openOf = new Map<string, Set<Open>>()
  readonly #knownAddresses: KnownAddresses
  readonly #limits: PlaceLimits

  constructor(isRelay: (address: string) => boolean, knownAddresses: KnownAddresses, limits = OPEN_LIMITS) {
    this.#isRelay = peer => peer === UNIX || peer === LMTP || isRelay(peer)
    this.#limits = limits
    this.#knownAddresses = knownAddresses
  }

  /** Gives a place to a peer, or the sentence that refuses it. */
  take(peer: string): SessionPlace | string {
    const owner = this.ownerOf(peer)
    const standing = this.#standingOf(peer)
    const own = this.#openOf.get(owner)?.size ?? 0
    const most = this.#limits.mostOfOne[standing]
    if (own >= most) return `Too many connections from your address (${most}); close one or try again later.`
    if (!this.#hasRoom(standing) && !this.#makeRoom(own)) return 'Too many connections; try again later.'
    return this.#place(owner, standing)
  }

  /** The owner that a session counts for. A relay is an owner of its own, even if its IPv6 network has other hosts. */
  ownerOf(peer: string): string {
    if (this.#isRelay(peer)) return peer
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
    const { most, kept } = this.#limits
    if (this.#open[standing] < kept[standing]) return true
    const kinds = Object.keys(kept) as Standing[]
    const shared = kinds.reduce((sum, kind) => sum + Math.max(0, this.#open[kind] - kept[kind]), 0)
    return shared < most - kept.relay - kept.known
  }

  #standingOf(peer: string): Standing {
    if (this.#isRelay(peer)) return 'relay'
    return this.#knownAddresses.has(peer) ? 'known' : 'stranger'
  }
}
