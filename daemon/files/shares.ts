import { Failure } from '../../data/failure.ts'
import type { Store, Usage } from '../../data/store.ts'
import type { Room } from '../disk_space.ts'
import type { Events } from '../log/events.ts'
import { dropRaws } from './drop_raws.ts'
import { Holding } from './holding.ts'

/** The parts of limits.files that unproven mail may have in all, and that one sender network of it may have. */
const UNPROVEN = 1 / 2
const NETWORK = 1 / 10
/** How often raw mails are dropped to make room for one file. What does not fit then is not kept, so that nobody waits for minutes. */
const MOST_ROUNDS = 10

/** There is no room for a file in limits.files, or in the share of its sender. */
export class NoShare extends Failure {
  constructor() {
    super(
      'full',
      'There is no room for the file within limits.files; nothing was changed. Delete tickets, or ask an administrator to raise limits.files.',
    )
  }
}

/** What the files take on the disk and what they may take, in bytes: all of them, and those of unproven mail. */
export interface Fill {
  readonly bytes: number
  readonly unproven: number
  readonly most: number
  readonly mostUnproven: number
}

export interface SharesParts {
  readonly store: Store
  readonly room: Room
  /** limits.files. */
  readonly most: number
  readonly events: Events
}

/**
 * The shares of limits.files. The records say what is kept; room for a file on its way is reserved before its bytes are written, until its
 * commit is durable or has failed.
 */
export class Shares {
  readonly #store: Store
  readonly #room: Room
  readonly #most: number
  readonly #events: Events
  /** The bytes on their way: in all, of unproven mail, and by network. */
  #coming = 0
  #comingUnproven = 0
  readonly #comingOf = new Map<string, number>()
  #dropping: Promise<number> | undefined

  constructor({ store, room, most, events }: SharesParts) {
    this.#store = store
    this.#room = room
    this.#most = most
    this.#events = events
  }

  /** Does the work of one call or mail with a place for its files. They count for a sender network; undefined for a proven sender. */
  async holding<R>(network: string | undefined, work: (holding: Holding) => Promise<R>): Promise<R> {
    const holding = new Holding(this.#store, this, this.#room, network)
    try {
      return await work(holding)
    } finally {
      if (holding.isUsed) await holding.end()
    }
  }

  async fill(): Promise<Fill> {
    const { bytes, unproven } = await this.#store.files.usage()
    return { bytes, unproven, most: this.#most, mostUnproven: this.#most * UNPROVEN }
  }

  /** Whether so many bytes fit without dropping anything. */
  async fits(network: string | undefined, bytes: number): Promise<boolean> {
    return this.#fits(await this.#store.files.usage(), network, bytes)
  }

  /**
   * Reserves room for a file; where there is none, drops raw mails of the network itself when it is over its share, else of the one with
   * most. Throws NoShare.
   */
  async reserve(network: string | undefined, bytes: number): Promise<void> {
    const usage = await this.#store.files.usage()
    await this.#reserve(usage, network, bytes, () => {
      if (this.#isOverShare(usage, network, bytes)) return network
      return usage.largest()?.network
    })
  }

  /** The same for a raw mail, which only takes room from networks that hold more than its own. Throws NoShare. */
  async reserveRaw(network: string | undefined, bytes: number): Promise<void> {
    const usage = await this.#store.files.usage()
    await this.#reserve(usage, network, bytes, () => {
      if (this.#isOverShare(usage, network, bytes)) return undefined
      const largest = usage.largest()
      if (network === undefined) return largest?.network
      return largest && largest.bytes > usage.of(network) ? largest.network : undefined
    })
  }

  /** Gives back what was reserved. */
  give(network: string | undefined, bytes: number): void {
    this.#count(network, -bytes)
  }

  async #reserve(
    usage: Usage,
    network: string | undefined,
    bytes: number,
    giver: () => string | undefined,
  ): Promise<void> {
    if (bytes > this.#mostOf(network)) throw new NoShare()
    for (let round = 0; !this.#fits(usage, network, bytes); round++) {
      const from = giver()
      if (from === undefined || round === MOST_ROUNDS) throw new NoShare()
      // One drop at a time, and all look again behind it: it may be enough for all.
      if (this.#dropping) await this.#dropping
      else if ((await this.#drop(usage, from, bytes)) === 0) throw new NoShare()
    }
    this.#count(network, bytes)
  }

  #drop(usage: Usage, network: string, bytes: number): Promise<number> {
    const drop = async () => {
      const mails = await dropRaws(this.#store, usage, network, bytes)
      if (mails > 0) this.#events.rawsDropped({ network, mails })
      return mails
    }
    this.#dropping = drop().finally(() => {
      this.#dropping = undefined
    })
    return this.#dropping
  }

  #fits(usage: Usage, network: string | undefined, bytes: number): boolean {
    if (usage.bytes + this.#coming + bytes > this.#most) return false
    if (network === undefined) return true
    const isOver = usage.unproven + this.#comingUnproven + bytes > this.#most * UNPROVEN
    return !isOver && !this.#isOverShare(usage, network, bytes)
  }

  #isOverShare(usage: Usage, network: string | undefined, bytes: number): boolean {
    if (network === undefined) return false
    return usage.of(network) + (this.#comingOf.get(network) ?? 0) + bytes > this.#mostOf(network)
  }

  #mostOf(network: string | undefined): number {
    return this.#most * (network === undefined ? 1 : NETWORK)
  }

  #count(network: string | undefined, bytes: number): void {
    this.#coming += bytes
    if (network === undefined) return
    this.#comingUnproven += bytes
    const coming = (this.#comingOf.get(network) ?? 0) + bytes
    if (coming > 0) this.#comingOf.set(network, coming)
    else this.#comingOf.delete(network)
  }
}
