/** A text without any of these characters at its two ends. By a loop: an expression for the end would begin again at each character. */
export function trimmed(text: string, characters: string): string {
  let from = 0
  let to = text.length
  while (from < to && characters.includes(text[from]!)) from++
  while (to > from && characters.includes(text[to - 1]!)) to--
  return text.slice(from, to)
}
