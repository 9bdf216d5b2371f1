import { Failure } from '../../data/failure.ts'
import { Budget } from '../budget.ts'
import { LONGEST_BLOCK } from './headers.ts'
import type { SessionPlace } from './places.ts'

const KIB = 1024
const MIB = 1024 * KIB
/** Every session has room for so much of a mail, whatever others send: 200 of them come to 12.5 MiB. */
const OWN_BYTES = 64 * KIB

/** What mails in memory may have beyond that, in bytes. */
const byteShares = {
  stranger: { most: 16 * MIB, mostOfOne: 4 * MIB },
  expected: { most: 8 * MIB, mostOfOne: 8 * MIB },
} as const
/** How many mails may go to the disk as they come, and wait for their turn to be read. */
const largeShares = { stranger: { most: 24, mostOfOne: 8 }, expected: { most: 16, mostOfOne: 16 } } as const

/** What one mail holds while it comes in, and until it is decided about. */
export interface HeldRoom {
  /** Throws Failure `unavailable` when there is no room for a mail of so many bytes. */
  grow(size: number): void
  leave(): void
}

/** What all mails that are coming in may take; relays and sessions that logged in have a part of it to themselves. */
export class InFlight {
  readonly #budgets = {
    stranger: { bytes: new Budget(), large: new Budget() },
    expected: { bytes: new Budget(), large: new Budget() },
  } as const

  /** Throws as `grow` would for a mail of so many bytes; holds nothing. */
  expect(place: Pick<SessionPlace, 'owner' | 'standing'>, size: number): void {
    const held = this.hold(place)
    try {
      held.grow(size)
    } finally {
      held.leave()
    }
  }

  hold({ owner, standing }: Pick<SessionPlace, 'owner' | 'standing'>): HeldRoom {
    const kind = standing === 'stranger' ? 'stranger' : 'expected'
    const { bytes, large } = this.#budgets[kind]
    let held = 0
    let isLarge = false
    const leave = () => {
      if (held > 0) bytes.give(owner, held)
      if (isLarge) large.give(owner, 1)
      held = 0
      isLarge = false
    }
    const grow = (size: number) => {
      if (isLarge) return
      const beyond = Math.min(size, LONGEST_BLOCK) - OWN_BYTES
      if (beyond > held) {
        if (!bytes.take(owner, beyond - held, byteShares[kind])) throw tooMuch()
        held = beyond
      }
      if (size <= LONGEST_BLOCK) return
      if (!large.take(owner, 1, largeShares[kind])) throw tooMuch()
      isLarge = true
    }
    return { grow, leave }
  }
}

function tooMuch(): Failure {
  return new Failure('unavailable', 'Too many large mails are coming in; send it again later.')
}
