import { Failure } from '../../../../data/failure.ts'
import { KIB, MIB } from '../../../../data/sizes.ts'
import { LONGEST_HEADER_BLOCK } from '../header_end.ts'
import { ByteShares } from './byte_shares.ts'
import type { SessionPlace } from './connection_limits.ts'

/** Every session has this much memory for a mail, outside the shared budgets: 12.5 MiB for 200 sessions. */
const OWN_BYTES = 64 * KIB

interface ByteBudgets {
  /** The bytes that mails hold in memory beyond that. */
  readonly bytes: ByteShares
  /** The number of large mails, which are written to disk as they arrive and then wait to be parsed. */
  readonly large: ByteShares
}

/** What one mail holds, from its first byte until it is judged. */
export interface HeldRoom {
  /** Reserves room for `size` bytes in total. Throws Failure `unavailable` if there is not enough. */
  grow(size: number): void
  leave(): void
}

/**
 * The budgets for all mails that are arriving; relays and known addresses have their own. The owner that holds the most gives way to
 * one that holds less. Otherwise a few addresses with endless mails could block everybody else.
 */
export class InFlight {
  readonly #strangers: ByteBudgets = {
    bytes: new ByteShares(16 * MIB, 4 * MIB),
    large: new ByteShares(24, 8),
  }
  readonly #expected: ByteBudgets = { bytes: new ByteShares(8 * MIB, 8 * MIB), large: new ByteShares(16, 16) }

  /** Throws as `grow` would for a mail of `size` bytes; reserves nothing. */
  expect({ owner, standing }: Holder, size: number): void {
    const { bytes, large } = this.#budgets(standing)
    const isTaken = bytes.mayTake(owner, beyondOwn(size)) && (!isLarge(size) || large.mayTake(owner, 1))
    if (!isTaken) throw tooMuch()
  }

  /** `giveWay` ends the mail for an owner that holds less; false while it cannot be ended. */
  hold({ owner, standing }: Holder, giveWay: () => boolean): HeldRoom {
    const { bytes, large } = this.#budgets(standing)
    const taker = { owner, giveWay: () => giveWay() && leave() }
    let held = 0
    let isCounted = false
    const leave = (): true => {
      bytes.give(taker)
      large.give(taker)
      return true
    }
    const grow = (size: number) => {
      if (isCounted) return
      const more = beyondOwn(size) - held
      if (more > 0 && !bytes.take(taker, more)) throw tooMuch()
      held += Math.max(0, more)
      if (!isLarge(size)) return
      if (!large.take(taker, 1)) throw tooMuch()
      isCounted = true
    }
    return { grow, leave }
  }

  #budgets(standing: SessionPlace['standing']): ByteBudgets {
    return standing === 'stranger' ? this.#strangers : this.#expected
  }
}

type Holder = Pick<SessionPlace, 'owner' | 'standing'>

function beyondOwn(size: number): number {
  return Math.max(0, Math.min(size, LONGEST_HEADER_BLOCK) - OWN_BYTES)
}

function isLarge(size: number): boolean {
  return size > LONGEST_HEADER_BLOCK
}

function tooMuch(): Failure {
  return new Failure('unavailable', 'Too many large mails are arriving; try again later.')
}
