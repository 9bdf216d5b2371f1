/**
 * A percentile by the nearest rank: the smallest of the values that at least so many percent of them do not exceed. It is always one
 * of the values; the median is the 50th. `sorted` is in ascending order; null if it is empty.
 */
export function percentile(sorted: ArrayLike<number>, percent: number): number | null {
  return sorted[Math.max(0, Math.ceil((percent * sorted.length) / 100) - 1)] ?? null
}
