/** What would act on a header or a terminal: C0, C1, line separators, directions. */
const CONTROLS = /[\p{Cc}\u2028\u2029\u200e\u200f\u202a-\u202e\u2066-\u2069]+/gu

const NUL = 0
const LF = 10
const CR = 13

/**
 * A text of many lines: its line ends become line feeds, and NULs go. Byte by byte, since 25 MB of nothing but line ends keep a
 * regular expression busy for seconds.
 */
export function plainText(given: string): string {
  if (!/[\0\r]/.test(given)) return given
  const bytes = new TextEncoder().encode(given)
  let kept = 0
  for (let at = 0; at < bytes.length; at++) {
    const byte = bytes[at]!
    if (byte === NUL || (byte === CR && bytes[at + 1] === LF)) continue
    bytes[kept++] = byte === CR ? LF : byte
  }
  return new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes.subarray(0, kept))
}

/** A text without anything that could end a header line or turn a terminal around. */
export function oneLine(given: string): string {
  return given.replace(CONTROLS, ' ').trim()
}
