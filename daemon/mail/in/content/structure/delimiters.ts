const LF = 10
/** In bytes; a boundary has at most 70 characters (RFC 2046 5.1.1), and some programs write longer ones. */
const LONGEST = 1000
/** Further lines are text: a mail can have at most 1,000 parts. */
const MOST = 10_000
const CONTENT_FIELD = /^content-/i
/** What a quoted boundary cannot hold. */
const NO_BOUNDARY = /[^!-~]|["\\]/
const FIELD_BEGINNING = 8

/** A line that begins with two hyphens, and so may be a boundary delimiter. */
export interface Delimiter {
  /** What follows the hyphens, without blanks at the end; with two more hyphens at the end if it closes a multipart. */
  readonly name: string
  /** The offset of the name. */
  readonly nameAt: number
  /** The offset of the next line. */
  readonly end: number
}

/** The lines of a mail that may be boundary delimiters, found in one pass. */
export class Delimiters {
  readonly all: readonly Delimiter[]
  /** Those that a part follows: the next line is a field such as Content-Type. */
  readonly #parts: readonly Delimiter[]
  readonly #lastEnds = new Map<string, number>()
  #nextPart = 0

  constructor(raw: Buffer) {
    this.all = [...found(raw)]
    this.#parts = this.all.filter(({ end }) =>
      CONTENT_FIELD.test(raw.toString('latin1', end, Math.min(end + FIELD_BEGINNING, raw.length))),
    )
    for (const { name, end } of this.all) this.#lastEnds.set(name, end)
  }

  /** Whether a boundary delimits something after an offset. */
  has(boundary: string, offset: number): boolean {
    return (this.#lastEnds.get(boundary) ?? 0) > offset
  }

  /** The first delimiter after an offset that a part follows, if its name can be a boundary. Offsets of later calls are not smaller. */
  partAfter(offset: number): Delimiter | undefined {
    while ((this.#parts[this.#nextPart]?.end ?? offset + 1) <= offset) this.#nextPart++
    const part = this.#parts[this.#nextPart]
    return part && !NO_BOUNDARY.test(part.name) ? part : undefined
  }
}

function* found(raw: Buffer): Generator<Delimiter> {
  let count = 0
  for (let at = isAt(raw, 0) ? 0 : next(raw, 0); at >= 0 && count < MOST; at = next(raw, at)) {
    const lf = raw.indexOf(LF, at)
    const end = lf < 0 ? raw.length : lf + 1
    if (end - at <= LONGEST) {
      count++
      yield { name: raw.toString('latin1', at + 2, end).trimEnd(), nameAt: at + 2, end }
    }
  }
}

/** The offset of the next such line after `at`; negative if there is none. */
function next(raw: Buffer, at: number): number {
  const found = raw.indexOf('\n--', at)
  return found < 0 ? found : found + 1
}

function isAt(raw: Buffer, at: number): boolean {
  return raw.toString('latin1', at, at + 2) === '--'
}
