import { randomUUID } from 'node:crypto'
import { LONGEST_KEPT } from '../../handlers/kept_text.ts'
import { hexDigit, type SentValue, valueIn } from './parameters.ts'

const QUOTE = '"'.charCodeAt(0)
const BACKSLASH = '\\'.charCodeAt(0)
const LETTER_U = 'u'.charCodeAt(0)
const FIRST_PRINTABLE = ' '.charCodeAt(0)
/** The last character that is one unit of UTF-16, and what turns the two of any other into its number. */
const LAST_UNIT = 0xffff
const PAIR_OFFSET = 0x10000 - (0xd800 << 10) - 0xdc00
/** What may stand behind a backslash besides a number (RFC 8259, 7), and what each stands for. */
const ESCAPES = new Map(
  [...'"\\/bfnrt'].map((letter, at) => [letter.charCodeAt(0), '"\\/\b\f\n\r\t'.charCodeAt(at)]),
)

/** JSON without its long strings. */
export interface Lifted {
  /** A short string, which nobody can guess, in the place of each. */
  readonly rest: Buffer
  /** What each stands for; undefined for one that holds half a character. */
  readonly strings: ReadonlyMap<string, SentValue | undefined>
}

/** A long string that is none. */
export class NoString extends Error {}

/**
 * Takes the strings of JSON that are too long for a record out of it, and decodes each in its place: as texts they, and the body around
 * them, would take several times the memory. The bytes must be UTF-8. Throws NoString.
 */
export function withoutLongStrings(json: Buffer): Lifted {
  const rest: Buffer[] = []
  const strings = new Map<string, SentValue | undefined>()
  let left = 0
  for (let at = json.indexOf(QUOTE); at >= 0; ) {
    const end = endOfString(json, at + 1)
    if (end - at > LONGEST_KEPT) {
      const name = randomUUID()
      rest.push(json.subarray(left, at), Buffer.from(`"${name}"`))
      strings.set(name, unescaped(json.subarray(at + 1, end)))
      left = end + 1
    }
    at = json.indexOf(QUOTE, end + 1)
  }
  return { rest: Buffer.concat([...rest, json.subarray(left)]), strings }
}

/** Where the quote stands that closes a string; the end where there is none. */
function endOfString(json: Buffer, from: number): number {
  for (let at = from; at < json.length; at++) {
    if (json[at] === QUOTE) return at
    if (json[at] === BACKSLASH) at++
  }
  return json.length
}

/** The value of a string; undefined where it holds half a character, which UTF-8 cannot write. */
function unescaped(string: Buffer): SentValue | undefined {
  let length = 0
  let isWhole = true
  for (let at = 0; at < string.length; ) {
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
  return isWhole ? valueIn(string.subarray(0, length)) : undefined
}

/** The character that the escape at a place stands for, or the half of one. */
function escapedAt(string: Buffer, at: number): number {
  if (string[at + 1] !== LETTER_U) return ESCAPES.get(string[at + 1]!) ?? none()
  const first = unitAt(string, at + 2)
  const isPair = isFirstHalf(first) && string[at + 6] === BACKSLASH && string[at + 7] === LETTER_U
  const second = isPair ? unitAt(string, at + 8) : 0
  return isHalf(second) && !isFirstHalf(second) ? (first << 10) + second + PAIR_OFFSET : first
}

/** The unit of UTF-16 that four hexadecimal digits stand for. */
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

/** Writes a character in UTF-8, in no more bytes than its escape has; gives how many. */
function write(code: number, bytes: Buffer, at: number): number {
  if (code < 0x80) {
    bytes[at] = code
    return 1
  }
  const more = code < 0x800 ? 1 : code <= LAST_UNIT ? 2 : 3
  for (let place = more; place > 0; place--)
    bytes[at + place] = 0x80 | ((code >> (6 * (more - place))) & 0x3f)
  bytes[at] = ((0xff00 >> (more + 1)) & 0xff) | (code >> (6 * more))
  return more + 1
}
