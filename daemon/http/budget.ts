/** Up to how much may be taken in all, and by one owner. */
export interface Share {
  readonly most: number
  readonly mostOfOne: number
}

/** Something that there is only so much of. Who asks says how much of all may be taken, so that the last of it is left for others. */
export interface Budget {
  /** Takes so much for somebody, or nothing and says no. */
  take(owner: string, amount: number, share: Share): boolean
  give(owner: string, amount: number): void
  /** Whether there would be enough but for the owner's own share. */
  isOwnFault(owner: string, amount: number, share: Share): boolean
}

export function newBudget(): Budget {
  const taken = new Map<string, number>()
  let total = 0
  const isTooMuch = (owner: string, amount: number, { mostOfOne }: Share) =>
    (taken.get(owner) ?? 0) + amount > mostOfOne
  return {
    take: (owner, amount, share) => {
      if (total + amount > share.most || isTooMuch(owner, amount, share)) return false
      total += amount
      taken.set(owner, (taken.get(owner) ?? 0) + amount)
      return true
    },
    give: (owner, amount) => {
      total -= amount
      const own = taken.get(owner)! - amount
      if (own > 0) taken.set(owner, own)
      else taken.delete(owner)
    },
    isOwnFault: isTooMuch,
  }
}
