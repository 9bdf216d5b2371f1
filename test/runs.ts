const LEAST = 20

/** How many samples a property test draws: all with HELPDESKD_TORTURE=1, else a tenth of them. */
export function runs(all: number): { numRuns: number } {
  if (process.env.HELPDESKD_TORTURE) return { numRuns: all }
  return { numRuns: Math.min(all, Math.max(LEAST, Math.ceil(all / 10))) }
}
