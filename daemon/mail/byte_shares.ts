/** Something that there is only so much of, shared by owners, none of whom may take all of it. */
export class ByteShares {
  readonly #most: number
  readonly #mostOfOne: number
  readonly #taken = new Map<string, number>()
  #total = 0

  constructor(most: number, mostOfOne: number) {
    this.#most = most
    this.#mostOfOne = mostOfOne
  }

  /** Takes so much for an owner; false, and nothing is taken, where it does not fit. */
  take(owner: string, amount: number): boolean {
    const own = (this.#taken.get(owner) ?? 0) + amount
    if (this.#total + amount > this.#most || own > this.#mostOfOne) return false
    this.#total += amount
    this.#taken.set(owner, own)
    return true
  }

  give(owner: string, amount: number): void {
    this.#total -= amount
    const left = (this.#taken.get(owner) ?? 0) - amount
    if (left > 0) this.#taken.set(owner, left)
    else this.#taken.delete(owner)
  }
}
