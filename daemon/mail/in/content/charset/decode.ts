import { isAscii } from 'node:buffer'
import { charsetNamed } from './charset_name.ts'
import { guessedCharset } from './guess.ts'
import { mendedUtf8 } from './mended_utf8.ts'
import { withoutEscapes } from './shift_codes.ts'
import { isMultiByte, isWide, textIn, unshiftedText, usesSevenBits } from './text_in.ts'
import { westernText } from './western.ts'

/** A text, the charset it was read in (`us-ascii` if it needs no other), and whether that charset is only probable. */
export interface Decoded {
  readonly text: string
  readonly charset: string
  readonly isGuess: boolean
}

const HIGH = 0x80
/** A text counts as being in a charset despite one damaged character for so many bytes above 127. */
const HIGH_PER_DAMAGED = 40
/** So many bytes above 127 are valid UTF-8 by no accident, even if they are valid in the multi-byte charset that is declared. */
const NO_ACCIDENT = 16
/** Each of the other charsets costs as much as the declared one. */
const MOST_OTHERS = 8
const MOST_LABELS = 100
/** Bytes with the label ISO-2022-JP are often in one of the other charsets of Japan. */
const JAPANESE = ['euc-jp', 'shift_jis']

/**
 * Decodes a text or a part of a mail. The first charset that fits is taken: that of the byte order mark, the declared one, UTF-8,
 * ISO-2022 by its escapes, those of the mail's other parts (the first 8 of `others`), a guess, windows-1252. Valid UTF-8 wins over a
 * declared single-byte charset. A character cut at the end is dropped. The text has no lone surrogates, and U+FFFD only where a character
 * is damaged. Takes linear time, and at most 4 bytes of memory for each byte.
 */
export function decodeText(
  bytes: Uint8Array,
  declared: string | undefined,
  others: readonly string[],
): Decoded {
  const said = charsetNamed(declared)
  const sure = marked(bytes) ?? (isAscii(bytes) ? sevenBit(bytes, said) : eightBit(bytes, said))
  const likely = sure ?? mended(bytes) ?? damaged(bytes, said) ?? firstOf(bytes, others)
  return likely ?? guessed(bytes) ?? { text: westernText(bytes), charset: 'windows-1252', isGuess: true }
}

/** UTF-16 with a byte order mark (Unicode 23.8); that of UTF-8 is no more than one valid character. */
function marked(bytes: Uint8Array): Decoded | undefined {
  const [first, second] = bytes
  const isLittle = first === 0xff && second === 0xfe
  if (!isLittle && !(first === 0xfe && second === 0xff)) return
  return known(bytes, isLittle ? 'utf-16le' : 'utf-16be', 0)
}

function sevenBit(bytes: Uint8Array, said: string | undefined): Decoded {
  const declared = said !== undefined && usesSevenBits(said) ? known(bytes, said, 0) : undefined
  if (declared) return declared
  const unshifted = withoutEscapes(bytes)
  const text = unshiftedText(unshifted)
  if (text === undefined) {
    const ascii = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('latin1')
    return { text: ascii, charset: 'us-ascii', isGuess: false }
  }
  return { text, charset: unshifted!.charset === 'euc-kr' ? 'iso-2022-kr' : 'iso-2022-jp', isGuess: false }
}

/** The declared charset or UTF-8. */
function eightBit(bytes: Uint8Array, said: string | undefined): Decoded | undefined {
  if (said === undefined || said === 'utf-8') return known(bytes, 'utf-8', 0)
  const declared = known(bytes, said, 0)
  if (declared && isWide(said)) return declared
  if (declared && isMultiByte(said) && highBytes(bytes) < NO_ACCIDENT) return declared
  return probable(bytes, 'utf-8', 0) ?? declared
}

function mended(bytes: Uint8Array): Decoded | undefined {
  const text = mendedUtf8(bytes)
  return text === undefined ? undefined : { text, charset: 'utf-8', isGuess: true }
}

/** The declared charset although some characters are damaged, or one that its label often stands for. */
function damaged(bytes: Uint8Array, said: string | undefined): Decoded | undefined {
  if (said === undefined) return
  const relative = said === 'iso-2022-jp' ? firstOf(bytes, JAPANESE) : undefined
  return relative ?? known(bytes, said, mostDamaged(bytes))
}

function guessed(bytes: Uint8Array): Decoded | undefined {
  return probable(bytes, guessedCharset(bytes), mostDamaged(bytes))
}

function firstOf(bytes: Uint8Array, labels: readonly string[]): Decoded | undefined {
  const charsets = new Set(labels.slice(0, MOST_LABELS).map(charsetNamed))
  for (const charset of [...charsets].slice(0, MOST_OTHERS)) {
    const found = charset === undefined ? undefined : probable(bytes, charset, 0)
    if (found) return found
  }
  return
}

function known(bytes: Uint8Array, charset: string, most: number): Decoded | undefined {
  const text = textIn(bytes, charset, most)
  return text === undefined ? undefined : { text, charset, isGuess: false }
}

function probable(bytes: Uint8Array, charset: string, most: number): Decoded | undefined {
  const found = known(bytes, charset, most)
  return found && { ...found, isGuess: true }
}

function mostDamaged(bytes: Uint8Array): number {
  return Math.floor(highBytes(bytes) / HIGH_PER_DAMAGED)
}

function highBytes(bytes: Uint8Array): number {
  let count = 0
  for (const byte of bytes) if (byte >= HIGH) count++
  return count
}
