/** Something that holds a part of a shared budget. */
export interface Taker {
  readonly owner: string
  /** Gives up its part for an owner that has less; false while it cannot. */
  giveWay(): boolean
}

/** A limited budget shared by owners. Each has a limit of its own, and when the budget is used up, the largest owner gives way. */
export class ByteShares {
  readonly #most: number
  readonly #mostOfOne: number
  /** What each taker of each owner has, oldest first. */
  readonly #taken = new Map<string, Map<Taker, number>>()
  #total = 0

  constructor(most: number, mostOfOne: number) {
    this.#most = most
    this.#mostOfOne = mostOfOne
  }

  /** Whether an owner may take this amount in addition. Takes nothing. */
  mayTake(owner: string, amount: number): boolean {
    const own = this.#of(owner) + amount
    return own <= this.#mostOfOne && (this.#fits(amount) || this.#above(own).length > 0)
  }

  /** Takes this amount in addition for a taker. Gives false, and takes nothing, if it does not fit. */
  take(taker: Taker, amount: number): boolean {
    const own = this.#of(taker.owner) + amount
    if (own > this.#mostOfOne) return false
    while (!this.#fits(amount)) if (!this.#makeRoom(own)) return false
    const takers = this.#taken.get(taker.owner) ?? new Map<Taker, number>()
    this.#taken.set(taker.owner, takers.set(taker, (takers.get(taker) ?? 0) + amount))
    this.#total += amount
    return true
  }

  /** Returns all that a taker has. */
  give(taker: Taker): void {
    const takers = this.#taken.get(taker.owner)
    this.#total -= takers?.get(taker) ?? 0
    takers?.delete(taker)
    if (takers?.size === 0) this.#taken.delete(taker.owner)
  }

  #fits(amount: number): boolean {
    return this.#total + amount <= this.#most
  }

  #makeRoom(own: number): boolean {
    for (const taker of this.#above(own)) {
      if (!taker.giveWay()) continue
      this.give(taker)
      return true
    }
    return false
  }

  /** The takers of the largest owner, if that owner has more than `own`. */
  #above(own: number): Taker[] {
    let [largest, most]: [string, number] = ['', own]
    for (const owner of this.#taken.keys()) {
      const has = this.#of(owner)
      if (has > most) [largest, most] = [owner, has]
    }
    return [...(this.#taken.get(largest)?.keys() ?? [])]
  }

  #of(owner: string): number {
    let sum = 0
    for (const amount of this.#taken.get(owner)?.values() ?? []) sum += amount
    return sum
  }
}
