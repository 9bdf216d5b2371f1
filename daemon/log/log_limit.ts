import { MINUTE } from '../../data/durations.ts'
import { ownerOf } from '../net/ip.ts'

/** How many refusals per minute are logged for one owner, and for all. */
const MOST_OF_OWNER = 60
const MOST_OF_ALL = 1200
/** How many owners get a separate line about what was not logged; one line sums up the rest. */
const MOST_SUMMED = 100
const OTHERS = '(others)'

interface Count {
  lines: number
  unwritten: number
}

/** Limits how much peers can cause to be logged. The lines left out are counted, and reported at the end of the minute. */
export class LogLimit {
  readonly #tell: (owner: string, lines: number) => void
  #counts = new Map<string, Count>()
  #written = 0
  #timer: NodeJS.Timeout | undefined

  /** `tell` gets each owner with the number of lines left out. */
  constructor(tell: (owner: string, lines: number) => void) {
    this.#tell = tell
  }

  /** Whether one more line about a peer may be written in this minute; if so, counts it. */
  mayWrite(peer: string): boolean {
    this.#timer ??= setTimeout(() => this.end(), MINUTE).unref()
    const count = this.#countOf(ownerOf(peer))
    if (count.lines >= MOST_OF_OWNER || this.#written >= MOST_OF_ALL) {
      count.unwritten++
      return false
    }
    count.lines++
    this.#written++
    return true
  }

  /** Ends the minute: reports the lines left out. */
  end(): void {
    clearTimeout(this.#timer)
    this.#timer = undefined
    const ended = this.#counts
    this.#counts = new Map()
    this.#written = 0
    for (const [owner, { unwritten }] of ended) if (unwritten > 0) this.#tell(owner, unwritten)
  }

  #countOf(owner: string): Count {
    const hasRoom = this.#counts.size < MOST_SUMMED || this.#written < MOST_OF_ALL
    const key = hasRoom || this.#counts.has(owner) ? owner : OTHERS
    const count = this.#counts.get(key) ?? { lines: 0, unwritten: 0 }
    this.#counts.set(key, count)
    return count
  }
}
