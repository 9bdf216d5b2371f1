import { MINUTE } from '../../data/durations.ts'
import { ownerOf } from '../net/ip.ts'

/** So many lines a minute are written of the refusals of one owner, and of all. */
const MOST_OF_OWNER = 60
const MOST_OF_ALL = 1200
/** So many owners get a line of their own about what was not written; the rest is summed up in one. */
const MOST_SUMMED = 100
const OTHERS = '(others)'

interface Count {
  lines: number
  unwritten: number
}

/** Bounds what others can make us log. What is not written is counted, and told at the end of the minute. */
export class LogLimit {
  readonly #tell: (owner: string, lines: number) => void
  #counts = new Map<string, Count>()
  #written = 0
  #timer: NodeJS.Timeout | undefined

  /** `tell` gets each owner with the number of lines that were not written. */
  constructor(tell: (owner: string, lines: number) => void) {
    this.#tell = tell
  }

  /** Whether one more line about a peer may be written in this minute; takes it. */
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

  /** Ends the minute: tells of what was not written. */
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
