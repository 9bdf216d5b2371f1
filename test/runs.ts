const LEAST = 20

/** The number of samples of a property test: all with HELPDESKD_TORTURE=1, otherwise a tenth of them, but at least `least`. */
export function runs(all: number, least = LEAST): { numRuns: number } {
  if (process.env.HELPDESKD_TORTURE) return { numRuns: all }
  return { numRuns: Math.min(all, Math.max(least, Math.ceil(all / 10))) }
}
