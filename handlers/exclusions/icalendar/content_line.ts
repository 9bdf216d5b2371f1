/** In UTF-16 units; what is beyond that of an unfolded line is not read. */
const LONGEST_LINE = 65_536
const NAME = /^[A-Za-z-]{1,40}$/
const ESCAPED = /\\([\\;,nN])/g

/** A property of a calendar: its name in capitals, its parameters as written, from a semicolon on, and its value. */
export interface ContentLine {
  readonly name: string
  readonly parameters: string
  readonly value: string
}

/** The properties of a calendar (RFC 5545, 3.1), with BEGIN and END of its components. Lines that are none are left out. */
export function* contentLines(calendar: string): Generator<ContentLine> {
  for (const line of unfolded(calendar)) {
    const property = contentLine(line.length > LONGEST_LINE ? line.slice(0, LONGEST_LINE) : line)
    if (property) yield property
  }
}

/** Without one expression for all of it, since that takes five times as long. */
function contentLine(line: string): ContentLine | undefined {
  const first = line.indexOf(':')
  const semicolon = line.indexOf(';')
  const end = semicolon >= 0 && semicolon < first ? semicolon : first
  const name = line.slice(0, Math.max(0, end))
  if (!NAME.test(name)) return undefined
  const colon = end === first ? first : colonOutsideQuotes(line, end, first)
  if (colon < 0) return undefined
  return { name: name.toUpperCase(), parameters: line.slice(end, colon), value: line.slice(colon + 1) }
}

/** The first colon from an index on that is in no quoted value of a parameter; the first of all is at `colon`. -1 if there is none. */
function colonOutsideQuotes(line: string, from: number, colon: number): number {
  let found = colon
  for (let quote = line.indexOf('"', from); quote >= 0 && quote < found; ) {
    const close = line.indexOf('"', quote + 1)
    if (close < 0) return -1
    if (found < close) found = line.indexOf(':', close)
    if (found < 0) return -1
    quote = line.indexOf('"', close + 1)
  }
  return found
}

/** Long lines go on in the next one, which then begins with a blank. Lines end with LF or CRLF. */
function* unfolded(calendar: string): Generator<string> {
  let pieces: string[] = []
  for (let from = 0; from <= calendar.length; ) {
    const found = calendar.indexOf('\n', from)
    const end = found < 0 ? calendar.length : found
    const line = calendar.slice(from, calendar[end - 1] === '\r' && end > from ? end - 1 : end)
    if (line.startsWith(' ') || line.startsWith('\t')) pieces.push(line.slice(1))
    else {
      yield pieces.join('')
      pieces = [line]
    }
    from = end + 1
  }
  yield pieces.join('')
}

/** A value of type TEXT (RFC 5545, 3.3.11); line breaks become blanks. */
export function unescaped(value: string): string {
  return value.replace(ESCAPED, (_, one: string) => (one === 'n' || one === 'N' ? ' ' : one))
}
