/** Joins the parts of a letter with one blank line between them; empty parts are left out. */
export function together(parts: readonly string[]): string {
  return `${parts.filter(part => part !== '').join('\n\n')}\n`
}
