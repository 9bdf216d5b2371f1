/** How often `isFast` tries; only code that is slow each time fails, since other work on the machine comes and goes. */
const ROUNDS = 3

/**
 * Whether `work` takes less than `limit` milliseconds at least once. The limit is to be so wide that only another order of growth breaks
 * it, even on a machine that is ten times slower.
 */
export async function isFast(limit: number, work: () => unknown): Promise<boolean> {
  for (let round = 0; round < ROUNDS; round++) {
    const started = performance.now()
    await work()
    if (performance.now() - started < limit) return true
  }
  return false
}
