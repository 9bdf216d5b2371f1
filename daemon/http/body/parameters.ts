import { beginningOf, beginningOfBytes } from '../../../data/beginning.ts'
import { Failure } from '../../../data/failure.ts'
import { LONGEST_KEPT } from '../../../handlers/params/kept_text.ts'
import type { Upload } from '../../files/attachment.ts'

/** More parameters than any method has, even if a client sends many others. */
export const MOST_PARAMETERS = 64

/** A text as it was sent. A text too long for a record stays in UTF-8: such texts are rare, and a string takes twice the memory. */
export type SentText = string | Uint8Array
/** A value as it was sent; JSON also has numbers and booleans. */
export type SentValue = SentText | number | boolean

/** The content of a body of any type. */
export interface Body {
  readonly params: Readonly<Record<string, SentValue>>
  /** The keys that were sent more than once. */
  readonly repeated: readonly string[]
  readonly uploads: readonly (Upload & { readonly field: string; readonly content: Uint8Array })[]
}

/** Where names and passwords are cut, in characters: no valid one is as long. */
const LONGEST_SHORT = 1000
const BYTE_ORDER_MARK = Buffer.from('\ufeff')

export function notUtf8(what: string): Failure {
  return new Failure('invalid', `${what} is not UTF-8; send it in UTF-8.`)
}

/** Bytes without the byte order mark in front of them. */
export function withoutMark(bytes: Buffer): Buffer {
  return bytes.subarray(0, 3).equals(BYTE_ORDER_MARK) ? bytes.subarray(3) : bytes
}

/** The value in a range of UTF-8 bytes. */
export function valueIn(bytes: Buffer, from = 0, to = bytes.length): SentText {
  return to - from > LONGEST_KEPT ? bytes.subarray(from, to) : bytes.toString('utf8', from, to)
}

/** The name in a range of UTF-8 bytes, cut where no name of a parameter is as long. */
export function nameIn(bytes: Buffer, from: number, to: number): string {
  return beginningOfBytes(bytes.subarray(from, to), LONGEST_SHORT)
}

/** The same for a name that is a string. */
export function cutName(name: string): string {
  return name.length > LONGEST_SHORT ? beginningOf(name, LONGEST_SHORT) : name
}

/** The value of a parameter that is never long, cut, in its form notation: JSON may have a password of digits as a number. */
export function shortValue(params: Body['params'], name: string): string | undefined {
  const value = Object.hasOwn(params, name) ? params[name] : undefined
  if (value instanceof Uint8Array) return beginningOfBytes(value, LONGEST_SHORT)
  return value === undefined || typeof value === 'string' ? value : formText(value)
}

/** A number or a boolean in its form notation. */
export function formText(value: number | boolean): string {
  if (typeof value === 'number') return String(value)
  return value ? 'y' : 'n'
}

/** Collects parameters as they arrive. Throws Failure `invalid` for more than MOST_PARAMETERS. */
export function collector(): {
  add(key: string, value: SentValue): void
  readonly params: Body['params']
  readonly repeated: string[]
} {
  const params: Record<string, SentValue> = Object.create(null)
  const repeated: string[] = []
  let count = 0
  const add = (key: string, value: SentValue) => {
    if (++count > MOST_PARAMETERS) throw tooMany()
    if (Object.hasOwn(params, key)) repeated.push(key)
    params[key] = value
  }
  return { add, params, repeated }
}

export function tooMany(): Failure {
  return new Failure('invalid', `The body has more than ${MOST_PARAMETERS} parameters; send fewer.`)
}

/** Whether a text contains a lone surrogate, which UTF-8 cannot represent. */
export function isBroken(text: string): boolean {
  return /\p{Surrogate}/u.test(text)
}

/** The next place of `what`; the end of the bytes if it does not occur. */
export function placeOf(what: string | Buffer | number, bytes: Buffer, from: number): number {
  const place = bytes.indexOf(what, from)
  return place < 0 ? bytes.length : place
}

/** The value of a hexadecimal digit; NaN for any other byte, or none. */
export function hexDigit(byte = 0): number {
  if (byte >= 0x30 && byte <= 0x39) return byte - 0x30
  const letter = byte | 0x20
  return letter >= 0x61 && letter <= 0x66 ? letter - 0x57 : Number.NaN
}
