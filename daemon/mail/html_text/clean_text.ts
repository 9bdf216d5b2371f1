import { KIB } from '../../../data/sizes.ts'
import { plainPieces } from '../../../handlers/params/plain_text.ts'

/** What `cleanText` changes: control characters but tab and line feed, lone surrogates, blanks at the end of a line. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const FLAWED = /[\0-\x08\x0b-\x1f\x7f-\x9f\p{Cs}]|[\t ](?:\n|$)/u

/** In UTF-16 units. Replacing the line ends of a short text first is fast; those of 25 MB would take seconds. */
const LONGEST_REPLACED = 64 * KIB
const TAB = 9
const LF = 10
const VT = 11
const FF = 12
const BLANK = 32
const DASH = 45
const DEL = 127
/** U+0080 to U+009F are this byte and one of 0x80 to 0x9F in UTF-8. */
const C1_LEAD = 0xc2
const C1_FIRST = 0x80
const C1_LAST = 0x9f

const decoder = new TextDecoder('utf-8', { ignoreBOM: true })

/**
 * The text of a mail as it is kept: line ends are line feeds (a vertical tab and a form feed, too), other control characters but the tab
 * are gone, a lone surrogate is U+FFFD, and no line ends with blanks but `-- ` before a signature. All else stays as it was written.
 */
export function cleanText(given: string): string {
  const lines = given.length > LONGEST_REPLACED ? given : given.replaceAll('\r\n', '\n')
  return FLAWED.test(lines) ? cleaned(lines) : lines
}

function cleaned(given: string): string {
  const kept = new Uint8Array(Buffer.byteLength(given))
  let length = 0
  for (const piece of plainPieces(given)) length = addClean(piece, kept, length)
  return decoder.decode(kept.subarray(0, withoutBlanks(kept, length)))
}

/** Adds the bytes of whole characters to the `length` bytes that are kept; gives the new length. */
function addClean(piece: Uint8Array, kept: Uint8Array, length: number): number {
  let end = length
  for (const byte of piece) {
    if (byte === LF || byte === VT || byte === FF) {
      end = withoutBlanks(kept, end)
      kept[end++] = LF
    } else if (byte >= C1_FIRST && byte <= C1_LAST && kept[end - 1] === C1_LEAD) end--
    else if (byte === TAB || (byte >= BLANK && byte !== DEL)) kept[end++] = byte
  }
  return end
}

function withoutBlanks(kept: Uint8Array, length: number): number {
  if (isDelimiter(kept, length)) return length
  let end = length
  while (end > 0 && (kept[end - 1] === BLANK || kept[end - 1] === TAB)) end--
  return end
}

/** Whether the last line is the delimiter of a signature (RFC 3676, 4.3). */
function isDelimiter(kept: Uint8Array, length: number): boolean {
  if (kept[length - 1] !== BLANK || kept[length - 2] !== DASH || kept[length - 3] !== DASH) return false
  return length === 3 || kept[length - 4] === LF
}
