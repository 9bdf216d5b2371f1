import { Failure } from '../../../../data/failure.ts'
import { KIB, MIB } from '../../../../data/sizes.ts'
import { LONGEST_HEADER_BLOCK } from '../headers.ts'
import { ByteShares } from './byte_shares.ts'
import type { SessionPlace } from './connection_limits.ts'

/** Every session has room for so much of a mail, whatever others send: 200 of them come to 12.5 MiB. */
const OWN_BYTES = 64 * KIB

interface ByteBudgets {
  /** What mails have beyond that, as long as they are in memory. */
  readonly bytes: ByteShares
  /** Mails that go to the disk as they come, and wait for their turn to be read. */
  readonly large: ByteShares
}

/** What one mail holds while it comes in, and until it is decided about. */
export interface HeldRoom {
  /** Throws Failure `unavailable` when there is no room for a mail of so many bytes. */
  grow(size: number): void
  leave(): void
}

/**
 * What all mails that are coming in may take; relays and sessions that logged in have a part of it to themselves. Who holds most gives way
 * to who holds less: else a few addresses whose mails never end would keep all others out.
 */
export class InFlight {
  readonly #strangers: ByteBudgets = {
    bytes: new ByteShares(16 * MIB, 4 * MIB),
    large: new ByteShares(24, 8),
  }
  readonly #expected: ByteBudgets = { bytes: new ByteShares(8 * MIB, 8 * MIB), large: new ByteShares(16, 16) }

  /** Throws as `grow` would for a mail of so many bytes; holds nothing. */
  expect({ owner, standing }: Holder, size: number): void {
    const { bytes, large } = this.#budgets(standing)
    const isTaken = bytes.mayTake(owner, beyondOwn(size)) && (!isLarge(size) || large.mayTake(owner, 1))
    if (!isTaken) throw tooMuch()
  }

  /** `giveWay` ends the mail for somebody who holds less; false while it cannot be. */
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
