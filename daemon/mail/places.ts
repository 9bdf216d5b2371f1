import { ownerOf, UNIX } from '../ip.ts'

/** So many sessions may be open at once, at all listeners together. */
const MOST = 200
/** Of them so many are kept for those whom we have a reason to expect: relays, and networks that somebody logged in from. */
const KEPT = { relay: 40, known: 20, stranger: 0 } as const
const MOST_OF_ONE = { relay: 100, known: 20, stranger: 20 } as const
/** Networks that somebody logged in from; of more the oldest are forgotten. */
const MOST_KNOWN = 1000

export type Standing = keyof typeof KEPT

/** The place of one session. */
export interface Place {
  /** Whose it is among all that is shared: of IPv6 a network of 64 bits, since everybody has one. */
  readonly owner: string
  readonly standing: Standing
  /** Somebody has logged in: the session counts as known from now on, and so do later ones of its network. */
  becomeKnown(): void
  /** Says how the session is ended for somebody who has less; `end` gives false while it cannot be. */
  mayGiveWay(end: () => boolean): void
  /** Once; later it does nothing. */
  leave(): void
}
interface Open {
  standing: Standing
  end: () => boolean
}

/** The places for sessions at the mail door. Whoever may open a unix socket is a relay. */
export class Places {
  readonly #isRelay: (address: string) => boolean
  readonly #open = { relay: 0, known: 0, stranger: 0 }
  /** Of each owner, the oldest first. */
  readonly #openOf = new Map<string, Set<Open>>()
  readonly #known = new Set<string>()

  constructor(isRelay: (address: string) => boolean) {
    this.#isRelay = isRelay
  }

  /** Gives a place to a peer, or the sentence for a peer who gets none. */
  take(peer: string): Place | string {
    const owner = this.ownerOf(peer)
    const standing = this.#standingOf(peer, owner)
    const own = this.#openOf.get(owner)?.size ?? 0
    const most = MOST_OF_ONE[standing]
    if (own >= most) return `${most} connections from your address are open; close one, or try again later.`
    if (!this.#hasRoom(standing) && !this.#makeRoom(own))
      return 'Too many connections are open; try again later.'
    return this.#place(owner, standing)
  }

  /** Whom a connection is written down to. A relay may stand in the network of strangers. */
  ownerOf(peer: string): string {
    if (peer === UNIX || this.#isRelay(peer)) return peer
    return ownerOf(peer)
  }

  #place(owner: string, standing: Standing): Place {
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
        if (open.standing === 'relay') return
        this.#remember(owner)
        if (!all.has(open)) return
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

  /** Ends a session of the stranger who has most, for somebody who will have no more than is left there then. */
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

  #standingOf(peer: string, owner: string): Standing {
    if (peer === UNIX || this.#isRelay(peer)) return 'relay'
    return this.#known.has(owner) ? 'known' : 'stranger'
  }

  #remember(owner: string): void {
    this.#known.delete(owner)
    this.#known.add(owner)
    if (this.#known.size > MOST_KNOWN) this.#known.delete(this.#known.values().next().value!)
  }
}
