import { tooManyLogins } from '../../data/password/password_queue.ts'

/** Jobs that are started at once: one runs, and the next follows it without a gap. */
const MOST_AT_HAND = 2
/** How many jobs of strangers may wait in all (about ten seconds of password checks), and how many of one network. */
const MOST_STRANGERS = 128
const MOST_OF_NETWORK = 64
/** How many jobs of known peers may wait; they have separate places. */
const MOST_KNOWN = 32

/** The peer that a job is for. */
export interface Waiting {
  readonly network: string
  /** Whether it may use the places that are reserved for known peers. */
  readonly isKnown: boolean
}
interface Job {
  start(): void
  refuse(): void
}

/**
 * Runs long jobs one after the other. Networks take turns, so that a network with many addresses gets no more turns than others, and
 * every second turn is for a known peer. When too many jobs wait, the last job of the network with the most jobs is refused.
 */
export class FairQueue {
  readonly #known: Job[] = []
  /** The networks in the order of their turns. */
  readonly #strangers = new Map<string, Job[]>()
  #strangersWaiting = 0
  #atHand = 0
  #lastWasKnown = false

  /** Runs `work` when its turn comes. Throws Failure `unavailable` when too many jobs wait, and what `work` throws. */
  async run<R>(who: Waiting, work: () => Promise<R>): Promise<R> {
    await new Promise<void>((resolve, reject) => {
      const job = { start: resolve, refuse: () => reject(tooManyLogins()) }
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

  /** Whether one more job of a network that has `waiting` jobs fits; makes room by refusing a job of a network with more. */
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
