/** Somebody who takes of it. */
export interface Taker {
  readonly owner: string
  /** Gives up what it has for an owner who has less; false while it cannot. */
  giveWay(): boolean
}

/** Something that there is only so much of, shared by owners. None may take all of it, and who has most gives way to a newcomer. */
export class ByteShares {
  readonly #most: number
  readonly #mostOfOne: number
  /** Of each owner what each taker has, the oldest first. */
  readonly #taken = new Map<string, Map<Taker, number>>()
  #total = 0

  constructor(most: number, mostOfOne: number) {
    this.#most = most
    this.#mostOfOne = mostOfOne
  }

  /** Whether an owner may get so much more. Takes nothing. */
  mayTake(owner: string, amount: number): boolean {
    const own = this.#of(owner) + amount
    return own <= this.#mostOfOne && (this.#fits(amount) || this.#above(own).length > 0)
  }

  /** Takes so much more for a taker; false, and it gets nothing, where it does not fit. */
  take(taker: Taker, amount: number): boolean {
    const own = this.#of(taker.owner) + amount
    if (own > this.#mostOfOne) return false
    while (!this.#fits(amount)) if (!this.#makeRoom(own)) return false
    const takers = this.#taken.get(taker.owner) ?? new Map<Taker, number>()
    this.#taken.set(taker.owner, takers.set(taker, (takers.get(taker) ?? 0) + amount))
    this.#total += amount
    return true
  }

  /** Gives back all that a taker has. */
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

  /** The takers of the owner who has most, where that is more than so much. */
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
