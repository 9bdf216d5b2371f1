/** Runs tasks one at a time, in the order of the calls. */
export class Turn {
  #taken = false
  readonly #waiting: (() => void)[] = []

  /** Gives the result of the task; the next task begins when this one has resolved or thrown. */
  async run<R>(work: () => Promise<R>): Promise<R> {
    if (this.#taken) await new Promise<void>(come => this.#waiting.push(come))
    this.#taken = true
    try {
      return await work()
    } finally {
      // Passed on directly to the next task, so that no later call gets in between.
      const next = this.#waiting.shift()
      if (next) next()
      else this.#taken = false
    }
  }
}
