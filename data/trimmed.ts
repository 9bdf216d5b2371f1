/** A text without these characters at its start and end. A loop, since a regular expression for the end takes quadratic time. */
export function trimmed(text: string, characters: string): string {
  let from = 0
  let to = text.length
  while (from < to && characters.includes(text[from]!)) from++
  while (to > from && characters.includes(text[to - 1]!)) to--
  return text.slice(from, to)
}
