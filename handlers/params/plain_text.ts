import { KIB } from '../../data/sizes.ts'

/** What would act on a header or a terminal: C0, C1, line separators, directions. */
const CONTROLS = /[\p{Cc}\u2028\u2029\u200e\u200f\u202a-\u202e\u2066-\u2069]+/gu
const HALVES = /\p{Cs}/gu
/** What no text keeps: NULs, other line ends than line feeds, halves of characters. */
const FLAWS = /[\0\r\p{Cs}]/u

const NUL = 0
const LF = 10
const CR = 13
/** How many units or bytes of a long text are looked at in one go. */
const PIECE = 64 * KIB

const encoder = new TextEncoder()
const decoder = new TextDecoder('utf-8', { ignoreBOM: true })

/**
 * A text of many lines as it is kept: its line ends become line feeds, NULs go, and half a character becomes U+FFFD. Byte by byte, since
 * 25 MB of nothing but line ends keep a regular expression busy for seconds.
 */
export function plainText(given: string): string {
  return FLAWS.test(given) ? decoder.decode(plain(encoder.encode(given), NUL)) : given
}

/** The same of a long text, in UTF-8 or not yet, piece by piece in UTF-8. */
export function* plainPieces(given: string | Uint8Array): Generator<Uint8Array> {
  let before = NUL
  for (const piece of piecesOf(given)) {
    yield plain(piece, before)
    before = piece.at(-1)!
  }
}

/** A text without anything that could end a header line or turn a terminal around. */
export function oneLine(given: string): string {
  return given.replace(CONTROLS, ' ').replace(HALVES, '\ufffd').trim()
}

/** `before` is the byte in front of these. */
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
      // Both halves of a character go together.
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
