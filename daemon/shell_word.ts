/** A word, quoted for a POSIX shell if necessary. */
export function quoted(word: string): string {
  return /^[\w./:@=+-]+$/.test(word) ? word : inQuotes(word)
}

/** The same, always in quotes. */
export function inQuotes(word: string): string {
  return `'${word.replaceAll("'", "'\\''")}'`
}
