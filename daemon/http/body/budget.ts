/** How much may be taken in all, and by one owner. */
export interface Share {
  readonly most: number
  readonly mostOfOne: number
}

/** A limited resource. Each take names its own limit of the total, so that the rest stays reserved for others. */
export class Budget {
  readonly #taken = new Map<string, number>()
  #total = 0

  /** Takes `amount` for an owner; gives false and takes nothing if it does not fit. */
  take(owner: string, amount: number, share: Share): boolean {
    if (this.#total + amount > share.most || this.isOverShare(owner, amount, share)) return false
    this.#total += amount
    this.#taken.set(owner, this.#of(owner) + amount)
    return true
  }

  /** Returns what was taken for an owner. */
  give(owner: string, amount: number): void {
    this.#total -= amount
    const left = this.#of(owner) - amount
    if (left > 0) this.#taken.set(owner, left)
    else this.#taken.delete(owner)
  }

  /** Whether `amount` more exceeds the limit of one owner, however much is left. */
  isOverShare(owner: string, amount: number, { mostOfOne }: Share): boolean {
    return this.#of(owner) + amount > mostOfOne
  }

  #of(owner: string): number {
    return this.#taken.get(owner) ?? 0
  }
}
