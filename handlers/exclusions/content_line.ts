/** In UTF-16 units; what is beyond that of an unfolded line is not read. */
const LONGEST_LINE = 65_536
const LINE = /^([A-Za-z-]{1,40})((?:;(?:[^:"]|"[^"]*")*)?):(.*)$/s
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
    const [, name, parameters = '', value = ''] = LINE.exec(line.slice(0, LONGEST_LINE)) ?? []
    if (name !== undefined) yield { name: name.toUpperCase(), parameters, value }
  }
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
