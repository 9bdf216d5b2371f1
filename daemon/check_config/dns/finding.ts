/** What DNS says about one thing of a domain: a clause for those who look, and sentences that say what to do. */
export interface Finding {
  readonly note: string
  readonly warnings: readonly string[]
}

/** What DNS says is wrong, or missing. */
export function faulty(note: string, warning: string): Finding {
  return { note, warnings: [warning] }
}
