import { Failure } from '../../../data/failure.ts'
import { KIB, MIB } from '../../../data/sizes.ts'
import { Budget, type Share } from './budget.ts'

/** The limit for texts of "unlimited" length, as the API of 2008 calls them. */
export const LONGEST_BODY = 25 * MIB
/** A longer body is large. */
export const LARGE_BODY = MIB
/** A body up to this is small: every call without long texts and files. */
const SMALL_BODY = 64 * KIB

/** The sender of a body. Known are senders with a token in a header, or at an address from which somebody has logged in. */
export interface Sender {
  readonly owner: string
  readonly standing: 'stranger' | 'known'
}

/**
 * How many bytes all bodies that are not large may use, by sender and size. The last part is reserved for small bodies, and the very last
 * for small bodies of known senders.
 */
const byteShares = {
  stranger: {
    small: { most: 96 * MIB, mostOfOne: 8 * MIB },
    middle: { most: 64 * MIB, mostOfOne: 8 * MIB },
  },
  known: {
    small: { most: 128 * MIB, mostOfOne: 32 * MIB },
    middle: { most: 112 * MIB, mostOfOne: 32 * MIB },
  },
} as const
/** How many large bodies may be read at once. Known senders have separate places, and may use the others, too. */
const largeShares = { stranger: { most: 4, mostOfOne: 1 }, known: { most: 2, mostOfOne: 2 } } as const

/** What all bodies share while they are read and processed. */
export interface Budgets {
  readonly bytes: Budget
  readonly large: Readonly<Record<Sender['standing'], Budget>>
}

export function newBudgets(): Budgets {
  return { bytes: new Budget(), large: { stranger: new Budget(), known: new Budget() } }
}

/** The part of the budgets that one body uses while it grows. */
export class BodyPlace {
  readonly sender: Sender
  readonly #budgets: Budgets
  #budget: Budget
  #held = 0

  constructor(budgets: Budgets, sender: Sender) {
    this.sender = sender
    this.#budgets = budgets
    this.#budget = budgets.bytes
  }

  get isLarge(): boolean {
    return this.#budget !== this.#budgets.bytes
  }

  /**
   * Grows to `size` bytes; calls `makeRoom` if there is too little room. Throws Failure `too_large` beyond 25 MiB, and `unavailable` if
   * there is no room.
   */
  grow(size: number, makeRoom: () => boolean): void {
    if (size > LONGEST_BODY) throw tooLarge()
    if (this.isLarge) return
    const { standing } = this.sender
    const { small, middle } = byteShares[standing]
    if (size <= LARGE_BODY) this.#take(size - this.#held, size <= SMALL_BODY ? small : middle, makeRoom)
    else this.#becomeLarge(standing, makeRoom)
  }

  leave(): void {
    if (this.#held > 0) this.#budget.give(this.sender.owner, this.#held)
    this.#held = 0
  }

  #becomeLarge(standing: Sender['standing'], makeRoom: () => boolean): void {
    const { large } = this.#budgets
    this.leave()
    this.#budget = large[standing]
    if (standing === 'known' && large.known.take(this.sender.owner, 1, largeShares.known)) this.#held = 1
    else {
      this.#budget = large.stranger
      this.#take(1, largeShares.stranger, makeRoom)
    }
  }

  #take(amount: number, share: Share, makeRoom: () => boolean): void {
    const { owner } = this.sender
    while (!this.#budget.take(owner, amount, share))
      if (this.#budget.isOverShare(owner, amount, share) || !makeRoom()) throw tooMany()
    this.#held += amount
  }
}

export function tooLarge(): Failure {
  return new Failure('too_large', `The body is too large; send at most ${LONGEST_BODY} bytes.`)
}

function tooMany(): Failure {
  return new Failure('unavailable', 'Too many large bodies are being read; try again in a few seconds.')
}
