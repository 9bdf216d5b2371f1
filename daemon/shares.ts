import { Failure } from '../data/failure.ts'
import type { Store, Usage } from '../data/store.ts'
import { dropRaws } from './drop_raws.ts'
import { Holding } from './holding.ts'
import type { Room } from './room.ts'

/** Of limits.files: what mail that nothing proves has at most, and what one sender network of it has. */
const UNPROVEN = 1 / 2
const NETWORK = 1 / 10
/** So often raw mails are dropped for one file; what does not fit then is not kept, and nobody waits for minutes. */
const MOST_ROUNDS = 10

/** There is no room for a file in limits.files, or in the share of its sender. */
export class NoShare extends Failure {
  constructor() {
    super(
      'full',
      'The files take all the room that limits.files gives them; nothing was changed. Delete tickets, or have it raised.',
    )
  }
}

/** What the files take and what is promised to those that are on their way, in bytes on the disk. */
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
}

/**
 * Who may keep how much of limits.files. What is kept is known from the records; room for what is on its way is reserved before its bytes
 * are written, until its commit is durable or has failed.
 */
export class Shares {
  readonly #store: Store
  readonly #room: Room
  readonly #most: number
  /** What is on its way: in all, unproven, and by network. */
  #coming = 0
  #comingUnproven = 0
  readonly #comingOf = new Map<string, number>()
  #dropping: Promise<number> | undefined

  constructor({ store, room, most }: SharesParts) {
    this.#store = store
    this.#room = room
    this.#most = most
  }

  /** Does the work of one call or mail with a place for its files, which count for a sender network; undefined for a proven sender. */
  async holding<R>(network: string | undefined, work: (holding: Holding) => Promise<R>): Promise<R> {
    const holding = new Holding(this.#store, this, this.#room, network)
    try {
      return await work(holding)
    } finally {
      await holding.end()
    }
  }

  async fill(): Promise<Fill> {
    const { bytes, unproven } = await this.#store.files.usage()
    return { bytes, unproven, most: this.#most, mostUnproven: this.#most * UNPROVEN }
  }

  async fits(network: string | undefined, bytes: number): Promise<boolean> {
    return this.#fits(await this.#store.files.usage(), network, bytes)
  }

  /** Reserves room for a file; where there is none, the raw mails of the network that holds most go. Throws NoShare. */
  async reserve(network: string | undefined, bytes: number): Promise<void> {
    const usage = await this.#store.files.usage()
    await this.#reserve(usage, network, bytes, () => {
      if (this.#isOverShare(usage, network, bytes)) return network
      return usage.largest()?.network
    })
  }

  /** The same for a raw mail, which takes no room from a network that holds no more than its own. */
  async reserveRaw(network: string | undefined, bytes: number): Promise<void> {
    const usage = await this.#store.files.usage()
    await this.#reserve(usage, network, bytes, () => {
      if (this.#isOverShare(usage, network, bytes)) return undefined
      const largest = usage.largest()
      if (network === undefined) return largest?.network
      return largest && largest.bytes > usage.of(network) ? largest.network : undefined
    })
  }

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
      // One after the other, and each looks again: what one drops may do for all.
      if (this.#dropping) await this.#dropping
      else if ((await this.#drop(usage, from, bytes)) === 0) throw new NoShare()
    }
    this.#count(network, bytes)
  }

  #drop(usage: Usage, network: string, bytes: number): Promise<number> {
    this.#dropping = dropRaws(this.#store, usage, network, bytes).finally(() => {
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
