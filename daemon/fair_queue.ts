import { Failure } from '../data/failure.ts'

/** So many pieces of work are at hand at once: one under way, and one that follows it without a gap. */
const MOST_AT_HAND = 2
/** So many wait of all strangers, about ten seconds of password checks, and of one network. */
const MOST_STRANGERS = 128
const MOST_OF_NETWORK = 64
/** So many of those that are known, who have places of their own. */
const MOST_KNOWN = 32

/** Whose work it is. */
export interface Waiting {
  readonly network: string
  /** Whether the places that are kept are for it. */
  readonly isKnown: boolean
}
interface Job {
  start(): void
  refuse(): void
}

/**
 * Work that takes long, one piece after the other: a network at a time, so that nobody has more turns for having more addresses in it, and
 * every second turn for those that are known. Where too many wait, whoever came last of the network with most of them has to go.
 */
export class FairQueue {
  readonly #known: Job[] = []
  /** The networks in the order of their turns. */
  readonly #strangers = new Map<string, Job[]>()
  #strangersWaiting = 0
  #atHand = 0
  #lastWasKnown = false

  /** Does the work when its turn comes. Throws Failure `unavailable` when too many wait, and what the work throws. */
  async run<R>(who: Waiting, work: () => Promise<R>): Promise<R> {
    await new Promise<void>((resolve, reject) => {
      const job = { start: resolve, refuse: () => reject(tooMany()) }
      if (who.isKnown && this.#known.length < MOST_KNOWN) this.#known.push(job)
      else this.#addStranger(who.network, job)
      this.#next()
    })
    try {
      return await work()
    } finally {
      this.#atHand--
      this.#next()
    }
  }

  #addStranger(network: string, job: Job): void {
    const own = this.#strangers.get(network) ?? []
    if (own.length >= MOST_OF_NETWORK || !this.#hasRoomFor(own.length)) {
      job.refuse()
      return
    }
    own.push(job)
    this.#strangers.set(network, own)
    this.#strangersWaiting++
  }

  /** Makes room, if need be, at the cost of a network that has more waiting than this one would have. */
  #hasRoomFor(waiting: number): boolean {
    if (this.#strangersWaiting < MOST_STRANGERS) return true
    const most = [...this.#strangers.values()].reduce((one, other) =>
      other.length > one.length ? other : one,
    )
    if (most.length <= waiting + 1) return false
    most.pop()!.refuse()
    this.#strangersWaiting--
    return true
  }

  #next(): void {
    while (this.#atHand < MOST_AT_HAND) {
      const job = this.#take()
      if (!job) return
      this.#atHand++
      job.start()
    }
  }

  #take(): Job | undefined {
    const isKnown = this.#known.length > 0 && !(this.#lastWasKnown && this.#strangersWaiting > 0)
    this.#lastWasKnown = isKnown
    return isKnown ? this.#known.shift() : this.#takeStranger()
  }

  #takeStranger(): Job | undefined {
    const [network, jobs] = this.#strangers.entries().next().value ?? []
    if (network === undefined || !jobs) return undefined
    this.#strangersWaiting--
    this.#strangers.delete(network)
    const job = jobs.shift()
    if (jobs.length > 0) this.#strangers.set(network, jobs)
    return job
  }
}

function tooMany(): Failure {
  return new Failure('unavailable', 'Too many logins are being checked; try again in a few seconds.')
}
