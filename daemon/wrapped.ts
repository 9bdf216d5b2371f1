/** The columns of a terminal that everybody has. */
const WIDTH = 80

/** The words of a text on lines of 80 columns, which begin with `first`, and then with `others`; a longer word has a line of its own. */
export function wrapped(text: string, first: string, others: string): string[] {
  const lines: string[] = []
  let line = first
  let isEmpty = true
  for (const word of text.split(' ')) {
    const room = WIDTH - line.length - (isEmpty ? 0 : 1)
    if (!isEmpty && word.length > room) {
      lines.push(line)
      line = others
      isEmpty = true
    }
    line += isEmpty ? word : ` ${word}`
    isEmpty = false
  }
  return [...lines, line]
}
