/** Up to how much may be taken in all, and by one owner. */
export interface Share {
  readonly most: number
  readonly mostOfOne: number
}

/** Something that there is only so much of. Each take says how much of all may be taken, so that the last of it is left for others. */
export class Budget {
  readonly #taken = new Map<string, number>()
  #total = 0

  /** Takes so much for an owner; false, and nothing is taken, where it does not fit. */
  take(owner: string, amount: number, share: Share): boolean {
    if (this.#total + amount > share.most || this.isOverShare(owner, amount, share)) return false
    this.#total += amount
    this.#taken.set(owner, this.#of(owner) + amount)
    return true
  }

  /** Gives back what was taken for an owner. */
  give(owner: string, amount: number): void {
    this.#total -= amount
    const left = this.#of(owner) - amount
    if (left > 0) this.#taken.set(owner, left)
    else this.#taken.delete(owner)
  }

  /** Whether so much more is too much for the owner, however much there is left. */
  isOverShare(owner: string, amount: number, { mostOfOne }: Share): boolean {
    return this.#of(owner) + amount > mostOfOne
  }

  #of(owner: string): number {
    return this.#taken.get(owner) ?? 0
  }
}
