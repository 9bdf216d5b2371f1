import { KIB } from '../../data/sizes.ts'

/** Characters that would break a header line or change a terminal: C0, C1, line separators, direction marks. */
const CONTROLS = /[\p{Cc}\u2028\u2029\u200e\u200f\u202a-\u202e\u2066-\u2069]+/gu
/** Lone surrogates. */
const HALVES = /\p{Cs}/gu
/** What `plainText` replaces or removes: NULs, carriage returns, lone surrogates. */
const FLAWS = /[\0\r\p{Cs}]/u

const NUL = 0
const LF = 10
const CR = 13
/** UTF-16 units or bytes of a long text that are processed at a time. */
const PIECE = 64 * KIB

const encoder = new TextEncoder()
const decoder = new TextDecoder('utf-8', { ignoreBOM: true })

/**
 * A text of many lines as it is kept: line ends become line feeds, NULs are removed, and a lone surrogate becomes U+FFFD. It goes byte by
 * byte, since a regular expression needs seconds for 25 MB of line ends.
 */
export function plainText(given: string): string {
  return FLAWS.test(given) ? decoder.decode(plain(encoder.encode(given), NUL)) : given
}

/** The same for a long text, given as a string or in UTF-8; gives pieces of UTF-8. */
export function* plainPieces(given: string | Uint8Array): Generator<Uint8Array> {
  let before = NUL
  for (const piece of piecesOf(given)) {
    yield plain(piece, before)
    before = piece.at(-1)!
  }
}

/** A text on one line: control characters become blanks, a lone surrogate becomes U+FFFD, and the ends are trimmed. */
export function oneLine(given: string): string {
  return given.replace(CONTROLS, ' ').replace(HALVES, '\ufffd').trim()
}

/** A text on one line whose words have single blanks between them. */
export function collapsedLine(given: string): string {
  return oneLine(given).replace(/\s+/g, ' ').trim()
}

/** `before` is the byte before the given ones. */
function plain(given: Uint8Array, before: number): Uint8Array {
  const kept = new Uint8Array(given.length)
  let length = 0
  let last = before
  for (const byte of given) {
    if (byte !== NUL && !(byte === LF && last === CR)) kept[length++] = byte === CR ? LF : byte
    last = byte
  }
  return kept.subarray(0, length)
}

function* piecesOf(given: string | Uint8Array): Generator<Uint8Array> {
  for (let at = 0, end = 0; at < given.length; at = end) {
    end = Math.min(at + PIECE, given.length)
    if (typeof given === 'string') {
      // A surrogate pair stays in one piece.
      if (isFirstHalf(given.charCodeAt(end - 1)) && isSecondHalf(given.charCodeAt(end))) end++
      yield encoder.encode(given.slice(at, end))
    } else yield given.subarray(at, end)
  }
}

function isFirstHalf(unit: number): boolean {
  return unit >= 0xd800 && unit <= 0xdbff
}

function isSecondHalf(unit: number): boolean {
  return unit >= 0xdc00 && unit <= 0xdfff
}
