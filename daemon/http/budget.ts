/** Something that there is only so much of, and of which nobody may take all. */
export interface Budget {
  /** Takes so much for somebody, or nothing and says no. */
  take(owner: string, amount: number): boolean
  give(owner: string, amount: number): void
}

export function newBudget(most: number, mostOfOne: number): Budget {
  const taken = new Map<string, number>()
  let total = 0
  return {
    take: (owner, amount) => {
      const own = (taken.get(owner) ?? 0) + amount
      if (total + amount > most || own > mostOfOne) return false
      total += amount
      taken.set(owner, own)
      return true
    },
    give: (owner, amount) => {
      total -= amount
      const own = taken.get(owner)! - amount
      if (own > 0) taken.set(owner, own)
      else taken.delete(owner)
    },
  }
}
