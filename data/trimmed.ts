/** A text without any of these characters at its two ends. Looked at from the ends, since an expression for the end begins at each character. */
export function trimmed(text: string, characters: string): string {
  let from = 0
  let to = text.length
  while (from < to && characters.includes(text[from]!)) from++
  while (to > from && characters.includes(text[to - 1]!)) to--
  return text.slice(from, to)
}
