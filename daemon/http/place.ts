import { Failure } from '../../data/failure.ts'
import { Budget, type Share } from '../budget.ts'

const KIB = 1024
const MIB = 1024 * KIB
/** Texts of "unlimited" length are welcome, up to this. */
export const LONGEST_BODY = 25 * MIB
/** A body above this is large. */
export const LARGE_BODY = MIB
/** A body up to this is small: all calls without long texts and files. */
const SMALL_BODY = 64 * KIB

/** The sender of a body. Known is a sender with a token in a header, or at an address that somebody has logged in from. */
export interface Sender {
  readonly owner: string
  readonly standing: 'stranger' | 'known'
}

/**
 * How many bytes bodies that are not large may have. The last of them are for small bodies, and the very last for small ones of known
 * senders.
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
/** How many large bodies there may be at once. Known senders have places of their own, and may use the others too. */
const largeShares = { stranger: { most: 4, mostOfOne: 1 }, known: { most: 2, mostOfOne: 2 } } as const

/** What all bodies share while they are read and worked with. */
export interface Budgets {
  readonly bytes: Budget
  readonly large: Readonly<Record<Sender['standing'], Budget>>
}

export function newBudgets(): Budgets {
  return { bytes: new Budget(), large: { stranger: new Budget(), known: new Budget() } }
}

/** What one body holds of them while it grows. */
export interface BodyPlace {
  readonly sender: Sender
  readonly isLarge: boolean
  /**
   * Grows to so many bytes, with the room that `makeRoom` frees where there is too little. Throws Failure `too_large` past 25 MiB, and
   * `unavailable` where there is no room.
   */
  grow(size: number, makeRoom: () => boolean): void
  leave(): void
}

export function placeIn(budgets: Budgets, sender: Sender): BodyPlace {
  const { owner, standing } = sender
  let budget = budgets.bytes
  let held = 0
  const leave = () => {
    if (held > 0) budget.give(owner, held)
    held = 0
  }
  const take = (amount: number, share: Share, makeRoom: () => boolean) => {
    while (!budget.take(owner, amount, share))
      if (budget.isOverShare(owner, amount, share) || !makeRoom()) throw tooMany()
    held += amount
  }
  return {
    sender,
    get isLarge() {
      return budget !== budgets.bytes
    },
    grow: (size, makeRoom) => {
      if (size > LONGEST_BODY) throw tooLarge()
      if (budget !== budgets.bytes) return
      const shares = byteShares[standing]
      if (size <= LARGE_BODY)
        return take(size - held, size <= SMALL_BODY ? shares.small : shares.middle, makeRoom)
      leave()
      budget = budgets.large[standing]
      if (standing === 'stranger') return take(1, largeShares.stranger, makeRoom)
      if (budget.take(owner, 1, largeShares.known)) held = 1
      else {
        budget = budgets.large.stranger
        take(1, largeShares.stranger, makeRoom)
      }
    },
    leave,
  }
}

export function tooLarge(): Failure {
  return new Failure('too_large', `The body is too large; send at most ${LONGEST_BODY} bytes.`)
}

function tooMany(): Failure {
  return new Failure('unavailable', 'Too many large bodies are being read; try again in a few seconds.')
}
