/** Runs works one at a time, in the order in which they came. */
export class Turn {
  #taken = false
  readonly #waiting: (() => void)[] = []

  /** Gives what the work gives; the next one begins when it has settled, also where it throws. */
  async run<R>(work: () => Promise<R>): Promise<R> {
    if (this.#taken) await new Promise<void>(come => this.#waiting.push(come))
    this.#taken = true
    try {
      return await work()
    } finally {
      // Handed on and never free in between, so that nobody who comes later goes first.
      const next = this.#waiting.shift()
      if (next) next()
      else this.#taken = false
    }
  }
}
