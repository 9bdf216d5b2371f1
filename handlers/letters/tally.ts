const FEWEST_SWEPT = 1000

/** Counts events by name within a sliding window of time. Older events are removed from memory. */
export class Tally {
  readonly #milliseconds: number
  /** The times of the events by name, in milliseconds since 1970, oldest first. */
  readonly #moments = new Map<string, number[]>()
  #sweepAt = FEWEST_SWEPT

  constructor(milliseconds: number) {
    this.#milliseconds = milliseconds
  }

  /** How many events are in memory. */
  get size(): number {
    return [...this.#moments.values()].reduce((sum, moments) => sum + moments.length, 0)
  }

  add(name: string, at: number): void {
    const moments = this.#moments.get(name)
    if (moments && moments[0]! <= at - this.#milliseconds)
      moments.splice(0, stale(moments, at - this.#milliseconds))
    if (!moments) this.#moments.set(name, [at])
    else if ((moments.at(-1) ?? at) <= at) moments.push(at)
    else moments.splice(moments.findLastIndex(moment => moment <= at) + 1, 0, at)
    if (this.#moments.size > this.#sweepAt) this.#sweep(at)
  }

  /** Removes an event that `add` counted at the same time. */
  remove(name: string, at: number): void {
    const moments = this.#moments.get(name) ?? []
    const index = moments.lastIndexOf(at)
    if (index >= 0) moments.splice(index, 1)
    if (moments.length === 0) this.#moments.delete(name)
  }

  /** How many events of a name there were in the last `milliseconds`; by default, in the whole window. */
  count(name: string, now: number, milliseconds = this.#milliseconds): number {
    const moments = this.#moments.get(name)
    if (!moments) return 0
    return moments.length - stale(moments, now - milliseconds)
  }

  #sweep(now: number): void {
    for (const [name, moments] of this.#moments) {
      const left = moments.filter(moment => moment > now - this.#milliseconds)
      if (left.length > 0) this.#moments.set(name, left)
      else this.#moments.delete(name)
    }
    this.#sweepAt = Math.max(FEWEST_SWEPT, 2 * this.#moments.size)
  }
}

/** How many of the moments are not later than `until`. */
function stale(moments: readonly number[], until: number): number {
  const first = moments.findIndex(moment => moment > until)
  return first < 0 ? moments.length : first
}
