import { Failure } from '../../data/failure.ts'

/** So many pieces of work are at hand at once: one under way, and one that follows it without a gap. */
const MOST_AT_HAND = 2
/** So many pieces of strangers may wait in all, about ten seconds of password checks, and so many of one network. */
const MOST_STRANGERS = 128
const MOST_OF_NETWORK = 64
/** So many of known peers, which have places of their own. */
const MOST_KNOWN = 32

/** The peer that the work is for. */
export interface Waiting {
  readonly network: string
  /** Whether it may have one of the places that are kept for known peers. */
  readonly isKnown: boolean
}
interface Job {
  start(): void
  refuse(): void
}

/**
 * Work that takes long, one piece after the other. Networks take turns, so that more addresses in one give it no more turns, and every
 * second turn is for a known peer. When too many pieces wait, the last of the network with most of them is refused.
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

  /** Whether there is room for one more of a network with so many waiting; makes room at the cost of a network with more. */
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
