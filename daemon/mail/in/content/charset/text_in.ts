import { isAscii, isUtf8 } from 'node:buffer'
import iconv from 'iconv-lite'
import { MIB } from '../../../../../data/sizes.ts'
import { type Unshifted, withoutEscapes, withoutTildes } from './shift_codes.ts'
import { westernText } from './western.ts'

const DAMAGED = '\ufffd'
const MULTI_BYTE = new Set(['shift_jis', 'euc-jp', 'gb18030', 'big5', 'euc-kr'])
const SEVEN_BIT = new Set(['utf-7', 'iso-2022-jp', 'iso-2022-kr', 'hz-gb-2312'])
const BYTES_PER_DAMAGED = 20
const LEAST_LEAD = 0xc2
const LONGEST_CUT = 3
/** In bytes; iconv-lite takes half a microsecond for each byte of UTF-7 at worst. A longer text stays as written. */
const LONGEST_UTF7 = 4 * MIB

export function isMultiByte(charset: string): boolean {
  return MULTI_BYTE.has(charset)
}

/** Whether a text of bytes below 128 can be more than ASCII in this charset. */
export function usesSevenBits(charset: string): boolean {
  return SEVEN_BIT.has(charset) || isWide(charset)
}

/** Whether each character has at least 16 bits. */
export function isWide(charset: string): boolean {
  return charset.startsWith('utf-16') || charset.startsWith('utf-32')
}

/**
 * Bytes as text in a charset of `charsetNamed`, with at most so many damaged characters (U+FFFD); undefined if they are not in that
 * charset. A character cut at the end does not count and is dropped.
 *
 * iconv-lite decodes all but UTF-8: the TextDecoder of Node 20 reads windows-1252 as Latin-1, EUC-KR without the syllables that Windows
 * adds, Big5 with private characters, and ISO-2022-JP without the characters that Windows adds.
 */
export function textIn(bytes: Uint8Array, charset: string, mostDamaged: number): string | undefined {
  switch (charset) {
    case 'utf-8':
      return utf8Text(bytes)
    case 'iso-2022-jp':
    case 'iso-2022-kr':
      return unshiftedText(withoutEscapes(bytes))
    case 'hz-gb-2312':
      return unshiftedText(withoutTildes(bytes))
    case 'utf-7':
      return bytes.length <= LONGEST_UTF7 && isAscii(bytes)
        ? wellFormed(iconv.decode(bytes, charset))
        : undefined
  }
  // A text of such a charset has zeros at least in its blanks and line ends; ASCII with this label would become Chinese.
  if (isWide(charset)) return bytes.includes(0) ? wellFormed(iconv.decode(bytes, charset)) : undefined
  const text = withFewDamaged(iconv.decode(bytes, charset), mostDamaged, isMultiByte(charset))
  return charset === 'windows-1252' && text?.includes(DAMAGED) ? westernText(bytes) : text
}

/** Undefined if there are no escapes. A few characters may be damaged, since as ASCII none would be readable. */
export function unshiftedText(unshifted: Unshifted | undefined): string | undefined {
  if (unshifted === undefined) return
  const { bytes, charset } = unshifted
  return textIn(bytes, charset, Math.ceil(bytes.length / BYTES_PER_DAMAGED))
}

function utf8Text(bytes: Uint8Array): string | undefined {
  const whole = isUtf8(bytes) ? bytes : withoutCut(bytes)
  return whole && new TextDecoder().decode(whole)
}

/** UTF-8 without a character that is cut at its end, if there are others; a single such byte is rather a letter of windows-1252. */
function withoutCut(bytes: Uint8Array): Uint8Array | undefined {
  for (let cut = 1; cut <= LONGEST_CUT; cut++) {
    if ((bytes.at(-cut) ?? 0) < LEAST_LEAD) continue
    const whole = bytes.subarray(0, -cut)
    return isUtf8(whole) && !isAscii(whole) ? whole : undefined
  }
  return
}

function wellFormed(text: string): string | undefined {
  return /\p{Surrogate}/u.test(text) || text.includes(DAMAGED) ? undefined : text
}

function withFewDamaged(text: string, most: number, canBeCut: boolean): string | undefined {
  const end = text.length - (canBeCut && text.endsWith(DAMAGED) ? 1 : 0)
  let damaged = 0
  for (let at = text.indexOf(DAMAGED); at >= 0 && at < end; at = text.indexOf(DAMAGED, at + 1))
    if (++damaged > most) return
  return text.slice(0, end)
}
