/** A text as a quoted string (RFC 5322 3.2.4): in quotes, with a backslash before each quote and backslash. */
export function quotedString(text: string): string {
  return `"${text.replace(/["\\]/g, '\\$&')}"`
}
