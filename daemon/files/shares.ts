// One thing: the shares of limits.files. What is reserved, counted and dropped must add up.
import { Failure } from '../../data/failure.ts'
import type { Store, Usage } from '../../data/store.ts'
import type { Room } from '../disk_space.ts'
import type { Events } from '../log/events.ts'
import { dropRaws } from './drop_raws.ts'
import { Holding } from './holding.ts'

/** The parts of limits.files that all unproven mail together may use, and that one sender network may use. */
const UNPROVEN = 1 / 2
const NETWORK = 1 / 10
/** How many times raw mails are dropped for one file. If it still does not fit, it is not kept, so that nobody waits for minutes. */
const MOST_ROUNDS = 10

/** A file does not fit into limits.files, or into the share of its sender. */
export class NoShare extends Failure {
  constructor() {
    super(
      'full',
      'There is no room for the file within limits.files; nothing was changed. Delete tickets, or ask an administrator to raise limits.files.',
    )
  }
}

/** The bytes that files take and may take on the disk: all files, and those of unproven mail. */
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
 * The shares of limits.files. The records say which files are kept. For a new file, room is reserved from before its bytes are written
 * until its commit is durable or has failed.
 */
export class Shares {
  readonly #store: Store
  readonly #room: Room
  readonly #most: number
  readonly #events: Events
  /** The reserved bytes: in all, of unproven mail, and by network. */
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

  /** Runs the work of one call or mail with a Holding for its files. They use the share of `network`; undefined for a proven sender. */
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

  /** Whether `bytes` bytes fit without dropping a raw mail. */
  async fits(network: string | undefined, bytes: number): Promise<boolean> {
    return this.#fits(await this.#store.files.usage(), network, bytes)
  }

  /**
   * Reserves room for a file. If there is none, drops raw mails: those of `network` if it is over its share, otherwise those of the network
   * with the most. Throws NoShare.
   */
  async reserve(network: string | undefined, bytes: number): Promise<void> {
    const usage = await this.#store.files.usage()
    await this.#reserve(usage, network, bytes, () => {
      if (this.#isOverShare(usage, network, bytes)) return network
      return usage.largest()?.network
    })
  }

  /** The same for a raw mail, which takes room only from networks that hold more than its own. Throws NoShare. */
  async reserveRaw(network: string | undefined, bytes: number): Promise<void> {
    const usage = await this.#store.files.usage()
    await this.#reserve(usage, network, bytes, () => {
      if (this.#isOverShare(usage, network, bytes)) return undefined
      const largest = usage.largest()
      if (network === undefined) return largest?.network
      return largest && largest.bytes > usage.of(network) ? largest.network : undefined
    })
  }

  /** Releases reserved bytes. */
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
      // One drop at a time; all others check again after it, since it may be enough for all.
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
