import type { LetterCaps, Weight } from './letter_caps.ts'

/** Counts the letters of one transaction against the caps, at once; `undo` takes them out when the transaction is taken back. */
export class LetterCount {
  readonly caps: LetterCaps
  /** The source of the mail that causes them. */
  readonly sender: string
  readonly #now: number
  readonly #counted: Weight[] = []
  #told = false

  constructor(caps: LetterCaps, sender: string, now: number) {
    this.caps = caps
    this.sender = sender
    this.#now = now
  }

  count(weight: Weight): void {
    this.caps.count(weight, this.#now)
    this.#counted.push(weight)
  }

  tell(): void {
    this.caps.tell(this.#now)
    this.#told = true
  }

  /** For a transaction that is taken back, or runs once more. */
  undo(): void {
    for (const weight of this.#counted.splice(0)) this.caps.uncount(weight, this.#now)
    if (this.#told) this.caps.untell(this.#now)
    this.#told = false
  }
}
