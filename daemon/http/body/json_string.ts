import { setImmediate as othersFirst } from 'node:timers/promises'
import { MIB } from '../../../data/sizes.ts'
import { hexDigit } from './parameters.ts'

const BACKSLASH = '\\'.charCodeAt(0)
const LETTER_U = 'u'.charCodeAt(0)
const FIRST_PRINTABLE = ' '.charCodeAt(0)
/** How many bytes are decoded before other work gets a turn. */
const TURN = MIB
/** The last character that is one UTF-16 code unit, and the offset that makes a character of a surrogate pair. */
const LAST_UNIT = 0xffff
const PAIR_OFFSET = 0x10000 - (0xd800 << 10) - 0xdc00
/** The characters after a backslash other than u (RFC 8259, 7), and their meanings. */
const ESCAPES = new Map(
  [...'"\\/bfnrt'].map((letter, at) => [letter.charCodeAt(0), '"\\/\b\f\n\r\t'.charCodeAt(at)]),
)

/** The bytes are not a JSON string. */
export class NoString extends Error {}

/**
 * Decodes the inside of a JSON string in place, and gives its UTF-8; undefined if it contains half a character (a lone surrogate), which
 * UTF-8 cannot represent. Throws NoString.
 */
export async function decodeString(string: Buffer): Promise<Buffer | undefined> {
  let length = 0
  let isWhole = true
  let turn = TURN
  for (let at = 0; at < string.length; ) {
    if (at > turn) {
      await othersFirst()
      turn = at + TURN
    }
    const byte = string[at]!
    if (byte < FIRST_PRINTABLE) throw new NoString()
    if (byte !== BACKSLASH) {
      string[length++] = byte
      at++
      continue
    }
    const code = escapedAt(string, at)
    isWhole &&= !isHalf(code)
    at += string[at + 1] === LETTER_U ? (code > LAST_UNIT ? 12 : 6) : 2
    length += write(code, string, length)
  }
  return isWhole ? string.subarray(0, length) : undefined
}

/** The character of the escape at a place, or a lone surrogate. */
function escapedAt(string: Buffer, at: number): number {
  if (string[at + 1] !== LETTER_U) return ESCAPES.get(string[at + 1]!) ?? none()
  const first = unitAt(string, at + 2)
  const isPair = isFirstHalf(first) && string[at + 6] === BACKSLASH && string[at + 7] === LETTER_U
  const second = isPair ? unitAt(string, at + 8) : 0
  return isHalf(second) && !isFirstHalf(second) ? (first << 10) + second + PAIR_OFFSET : first
}

/** The UTF-16 code unit of four hexadecimal digits. */
function unitAt(string: Buffer, at: number): number {
  let unit = 0
  for (let place = at; place < at + 4; place++) unit = 16 * unit + hexDigit(string[place])
  return Number.isNaN(unit) ? none() : unit
}

function none(): never {
  throw new NoString()
}

function isHalf(unit: number): boolean {
  return unit >= 0xd800 && unit <= 0xdfff
}

function isFirstHalf(unit: number): boolean {
  return unit >= 0xd800 && unit <= 0xdbff
}

/** Writes a character in UTF-8, which never has more bytes than its escape; gives how many. */
function write(code: number, bytes: Buffer, at: number): number {
  if (code < 0x80) {
    bytes[at] = code
    return 1
  }
  const more = code < 0x800 ? 1 : code <= LAST_UNIT ? 2 : 3
  for (let place = more; place > 0; place--)
    bytes[at + place] = 0x80 | ((code >> (6 * (more - place))) & 0x3f)
  // The first byte begins with as many 1 bits as there are bytes.
  bytes[at] = ((0xff00 >> (more + 1)) & 0xff) | (code >> (6 * more))
  return more + 1
}
