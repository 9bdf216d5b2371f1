/** After so many letters, the next ones go twice as fast. */
const STEP = 20
/** In milliseconds: 50 letters a second. */
const SHORTEST = 20

/** How fast letters go that waited for the smarthost: a server that was down must not get all of them at once. Times are in milliseconds. */
export class RecoveryPace {
  readonly #first: number
  #begun: number | undefined
  #next = 0

  /** The wait between the first letters. */
  constructor(first: number) {
    this.#first = first
  }

  start(): void {
    this.#begun = 0
  }

  /** No letter waits any more. */
  end(): void {
    this.#begun = undefined
  }

  /** How long the next letter must wait; 0 if it may go. */
  left(now: number): number {
    return this.#begun === undefined ? 0 : Math.max(0, this.#next - now)
  }

  /** A letter is attempted. */
  count(now: number): void {
    if (this.#begun === undefined) return
    this.#next =
      now + Math.max(Math.min(SHORTEST, this.#first), this.#first / 2 ** Math.floor(this.#begun / STEP))
    this.#begun++
  }
}
