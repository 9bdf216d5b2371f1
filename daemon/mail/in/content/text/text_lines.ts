/** The lines of a text without their line feeds, one after the other: an array of all would take many times the memory of the text. */
export function* linesOf(text: string): Generator<string> {
  for (let from = 0; from <= text.length; ) {
    const found = text.indexOf('\n', from)
    const end = found < 0 ? text.length : found
    yield text.slice(from, end)
    from = end + 1
  }
}
