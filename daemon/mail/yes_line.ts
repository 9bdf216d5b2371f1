/** Strict: nothing else stands in the line, not even a name. */
const YES = /^yes(?:,? please)?[.!]?$/i

/** Whether a line is the word yes: `yes`, `Yes.`, `yes please`, and nothing more. */
export function isYesLine(line: string): boolean {
  return YES.test(line)
}
