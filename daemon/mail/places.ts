import { ipOf, networkOf, UNIX } from '../ip.ts'

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
  leave(): void
}

/** The places for sessions at the mail door. Whoever may open a unix socket is a relay. */
export class Places {
  readonly #isRelay: (address: string) => boolean
  readonly #open = { relay: 0, known: 0, stranger: 0 }
  readonly #openOf = new Map<string, number>()
  readonly #known = new Set<string>()

  constructor(isRelay: (address: string) => boolean) {
    this.#isRelay = isRelay
  }

  /** Gives a place to a peer, or the sentence for a peer who gets none. */
  take(peer: string): Place | string {
    const owner = this.ownerOf(peer)
    const standing = this.#standingOf(peer, owner)
    const own = this.#openOf.get(owner) ?? 0
    const most = MOST_OF_ONE[standing]
    if (own >= most) return `${most} connections from your address are open; close one, or try again later.`
    if (!this.#hasRoom(standing)) return 'Too many connections are open; try again later.'
    this.#open[standing]++
    this.#openOf.set(owner, own + 1)
    return this.#place(owner, standing)
  }

  /** Whom a connection is written down to. A relay may stand in the network of strangers. */
  ownerOf(peer: string): string {
    if (peer === UNIX || this.#isRelay(peer)) return peer
    return networkOf(ipOf(peer) ?? peer)
  }

  #place(owner: string, first: Standing): Place {
    let standing = first
    return {
      owner,
      get standing() {
        return standing
      },
      becomeKnown: () => {
        if (standing === 'relay') return
        this.#remember(owner)
        this.#open[standing]--
        standing = 'known'
        this.#open[standing]++
      },
      leave: () => {
        this.#open[standing]--
        const left = this.#openOf.get(owner)! - 1
        if (left > 0) this.#openOf.set(owner, left)
        else this.#openOf.delete(owner)
      },
    }
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
