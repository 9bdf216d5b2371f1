import type { Instant } from '../../data/tables.ts'
import type { LetterCaps, Weight } from './letter_caps.ts'

/** Counts the letters of one transaction against the caps, at once; `undo` takes them out when the transaction is taken back. */
export class LetterCount {
  readonly caps: LetterCaps
  /** The source of the mail that causes them. */
  readonly sender: string
  readonly #now: Instant
  readonly #counted: Weight[] = []
  #told = false

  constructor(caps: LetterCaps, sender: string, now: Instant) {
    this.caps = caps
    this.sender = sender
    this.#now = now
  }

  count(weight: Weight): void {
    this.caps.count(weight, this.#at)
    this.#counted.push(weight)
  }

  tell(): void {
    this.caps.tell(this.#at)
    this.#told = true
  }

  /** For a transaction that is taken back, or runs once more. */
  undo(): void {
    for (const weight of this.#counted) this.caps.uncount(weight, this.#at)
    this.#counted.length = 0
    if (this.#told) this.caps.untell(this.#at)
    this.#told = false
  }

  get #at(): number {
    return Date.parse(this.#now)
  }
}
