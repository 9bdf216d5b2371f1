import { KIB } from '../../../../data/sizes.ts'
import { trimmed } from '../../../../data/trimmed.ts'

/** In bytes; no header with parameters is as long. */
const LONGEST_VALUE = 64 * KIB
const MOST_PARAMS = 500
const BLANKS = ' \t\r\n'

/** A header value with parameters, such as Content-Type (RFC 2045 5.1), not decoded. */
export interface HeaderParams {
  /** What stands before the first semicolon. */
  readonly value: string
  /** By name in lower case; of two with the same name, the first. */
  readonly params: ReadonlyMap<string, string>
}

/**
 * Takes a header value apart, given as its bytes in Latin-1. Reads what mail programs write: blanks in values without quotes, missing
 * closing quotes, backslashes of paths (a backslash only quotes a quote or a backslash). Names keep the asterisks of RFC 2231.
 */
export function headerParams(raw: string): HeaderParams {
  const text = raw.slice(0, LONGEST_VALUE)
  const params = new Map<string, string>()
  const first = endOf(text, 0)
  for (let at = first + 1; at < text.length && params.size < MOST_PARAMS; ) {
    const end = endOf(text, at)
    const equals = at + text.slice(at, end).indexOf('=')
    if (equals < at) {
      at = end + 1
      continue
    }
    const name = trimmed(text.slice(at, equals), BLANKS).toLowerCase()
    const { value, next } = valueAt(text, equals + 1)
    if (!params.has(name)) params.set(name, value)
    at = next
  }
  return { value: trimmed(text.slice(0, first), BLANKS), params }
}

function endOf(text: string, at: number): number {
  const end = text.indexOf(';', at)
  return end < 0 ? text.length : end
}

function valueAt(text: string, start: number): { value: string; next: number } {
  let at = start
  while (at < text.length && BLANKS.includes(text[at]!)) at++
  const close = text[at] === '"' ? closingQuote(text, at + 1) : undefined
  if (close !== undefined)
    return { value: text.slice(at + 1, close).replace(/\\(["\\])/g, '$1'), next: endOf(text, close) + 1 }
  const end = endOf(text, at)
  const from = text[at] === '"' ? at + 1 : at
  return { value: trimmed(text.slice(from, end), BLANKS), next: end + 1 }
}

/** The quote that ends a quoted string; a backslash before it may be the second byte of a character in Shift_JIS, GBK or Big5. */
function closingQuote(text: string, start: number): number | undefined {
  let quoted: number | undefined
  for (let at = start; at < text.length; at++) {
    if (text[at] === '"') return at
    if (text[at] !== '\\') continue
    at++
    if (text[at] === '"' && quoted === undefined && isAtEnd(text, at + 1)) quoted = at
  }
  return quoted
}

function isAtEnd(text: string, start: number): boolean {
  let at = start
  while (at < text.length && BLANKS.includes(text[at]!)) at++
  return at === text.length || text[at] === ';'
}
