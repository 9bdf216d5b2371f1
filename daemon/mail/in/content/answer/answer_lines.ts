// One thing: the only code that goes over the text character by character, once to count the lines and once to mark them.

/** In characters. A longer line is never an opener, a label or a signature; it may be quoted. */
const LONGEST_LINE = 1000
/** A quoted line has at most so many blanks before its mark. */
const MOST_BLANKS_BEFORE_QUOTE = 3
/** A label of a header block ends with a colon within so many characters. */
const LONGEST_LABEL = 40

/** A line between dashes, such as `---- On … wrote ----`, is at least so long. */
const SHORTEST_FRAMED = 10

const LF = 10
const QUOTE = 62
const COLON = 58
const WIDE_COLON = 0xff1a

/** What is known of a line, as bits. The last two come from where it stands, the others from its form. */
export const Mark = {
  quoted: 1,
  long: 2,
  afterBlank: 4,
  endsInColon: 8,
  hasLabel: 16,
  dashed: 32,
  /** Quoted history. */
  history: 64,
  /** What a program wrote around the history. */
  dropped: 128,
} as const

/**
 * The lines of a text that are not blank, by number. A line takes five bytes beside the text, since a text of 25 MB may have 12 million
 * of them.
 */
export class AnswerLines {
  readonly count: number
  readonly #text: string
  readonly #starts: Uint32Array
  readonly #marks: Uint8Array

  constructor(text: string) {
    this.#text = text
    this.count = countLines(text)
    this.#starts = new Uint32Array(this.count)
    this.#marks = new Uint8Array(this.count)
    let line = 0
    let isAfterBlank = true
    for (let start = 0, end = 0; start < text.length; start = end + 1) {
      end = endOfLine(text, start)
      const first = firstVisible(text, start, end)
      if (first === end) isAfterBlank = true
      else {
        this.#starts[line] = start
        this.#marks[line++] = marksOf(text, start, first, end) | (isAfterBlank ? Mark.afterBlank : 0)
        isAfterBlank = false
      }
    }
  }

  /** Whether the line has any of the marks. */
  has(line: number, marks: number): boolean {
    return (this.#marks[line]! & marks) !== 0
  }

  /** Puts a mark on the lines from `from` to before `to`. */
  mark(from: number, to: number, mark: number): void {
    for (let line = from; line < to; line++) this.#marks[line]! |= mark
  }

  /** The characters from the beginning of a line to that of a later one. */
  sizeOf(from: number, to: number): number {
    return (this.#starts[to] ?? this.#text.length) - this.#starts[from]!
  }

  /** A line without quote marks and without blanks at its ends; empty for a long one. */
  words(line: number): string {
    if (this.has(line, Mark.long)) return ''
    const start = this.#starts[line]!
    const end = endOfLine(this.#text, start)
    let first = start
    while (first < end && isBlankOrQuote(this.#text.charCodeAt(first))) first++
    return this.#text.slice(first, end).trimEnd()
  }

  /** Whether a line begins with a blank. */
  isIndented(line: number): boolean {
    return isBlank(this.#text.charCodeAt(this.#starts[line]!))
  }

  /** The lines from `from` to before `to` as they are, with the blank lines between them. */
  slice(from: number, to: number): string {
    return this.#text.slice(this.#starts[from], endOfLine(this.#text, this.#starts[to - 1]!))
  }

  /** At most so many characters before a line. */
  before(line: number, most: number): string {
    const end = this.#starts[line]!
    return this.#text.slice(Math.max(0, end - most), end)
  }
}

function countLines(text: string): number {
  let count = 0
  let isCounted = false
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at)
    if (code === LF) isCounted = false
    else if (!isCounted && !isBlank(code)) {
      isCounted = true
      count++
    }
  }
  return count
}

/** A loop is faster than `indexOf` for short lines, which hostile texts have many of. */
function endOfLine(text: string, start: number): number {
  let end = start
  while (end < text.length && text.charCodeAt(end) !== LF) end++
  return end
}

function firstVisible(text: string, start: number, end: number): number {
  let first = start
  while (first < end && isBlank(text.charCodeAt(first))) first++
  return first
}

function marksOf(text: string, start: number, first: number, end: number): number {
  const begin = text.charCodeAt(first)
  const quoted = begin === QUOTE && first - start <= MOST_BLANKS_BEFORE_QUOTE ? Mark.quoted : 0
  if (end - start > LONGEST_LINE) return Mark.long | quoted
  let last = end - 1
  while (isBlank(text.charCodeAt(last))) last--
  const close = text.charCodeAt(last)
  const dashed = isDash(begin) ? Mark.dashed : 0
  const isFramed = dashed && last - first >= SHORTEST_FRAMED && isDash(close)
  const endsInColon = isFramed || (last > first && isColon(close)) ? Mark.endsInColon : 0
  const hasLabel = hasColon(text, first + 1, Math.min(end, first + LONGEST_LABEL)) ? Mark.hasLabel : 0
  return quoted | dashed | endsInColon | hasLabel
}

function hasColon(text: string, from: number, to: number): boolean {
  for (let at = from; at < to; at++) if (isColon(text.charCodeAt(at))) return true
  return false
}

function isColon(code: number): boolean {
  return code === COLON || code === WIDE_COLON
}

/** Hyphens, dashes and underscores. */
function isDash(code: number): boolean {
  return code === 0x2d || code === 0x5f || (code >= 0x2010 && code <= 0x2015)
}

function isBlankOrQuote(code: number): boolean {
  return code === QUOTE || isBlank(code)
}

/** White space, and characters of no width, which some editors put on empty lines. */
function isBlank(code: number): boolean {
  if (code < 0xa0) return code <= 0x20
  if (code < 0x2000) return code === 0xa0
  return code <= 0x200f || code === 0x2028 || code === 0x202f || code === 0x3000 || code === 0xfeff
}
