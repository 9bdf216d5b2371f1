import { beginningOf, beginningOfBytes } from '../../../data/beginning.ts'
import { Failure } from '../../../data/failure.ts'
import { LONGEST_KEPT } from '../../../handlers/params/kept_text.ts'
import type { Upload } from '../../files/attachment.ts'

/** More parameters than any method has, even of a client that sends much beside them. */
export const MOST_PARAMETERS = 64

/** A text as it was sent; in UTF-8 where it is too long for a record, since only few are and a text of them takes twice the memory. */
export type SentText = string | Uint8Array
/** JSON has numbers and booleans too. */
export type SentValue = SentText | number | boolean

/** What a body holds, whatever it is written in. */
export interface Body {
  readonly params: Readonly<Record<string, SentValue>>
  /** The keys that came more than once. */
  readonly repeated: readonly string[]
  readonly uploads: readonly (Upload & { readonly field: string; readonly content: Uint8Array })[]
}

/** Of what is cut since it cannot be what it has to be: no password and no name is as long. */
const LONGEST_SHORT = 1000
const BYTE_ORDER_MARK = Buffer.from('\ufeff')

export function notUtf8(what: string): Failure {
  return new Failure('invalid', `${what} is not UTF-8; send it in UTF-8.`)
}

/** Bytes without the byte order mark in front of them. */
export function withoutMark(bytes: Buffer): Buffer {
  return bytes.subarray(0, 3).equals(BYTE_ORDER_MARK) ? bytes.subarray(3) : bytes
}

/** The value that bytes of UTF-8 from one place to another are. */
export function valueIn(bytes: Buffer, from = 0, to = bytes.length): SentText {
  return to - from > LONGEST_KEPT ? bytes.subarray(from, to) : bytes.toString('utf8', from, to)
}

/** The name that they are. What no name of a parameter can have is cut. */
export function nameIn(bytes: Buffer, from: number, to: number): string {
  return beginningOfBytes(bytes.subarray(from, to), LONGEST_SHORT)
}

/** The same of a name that is a text. */
export function cutName(name: string): string {
  return name.length > LONGEST_SHORT ? beginningOf(name, LONGEST_SHORT) : name
}

/** The beginning of a value that is never long, where it is asked for by its name, as a form has it: a password may be all digits. */
export function shortValue(params: Body['params'], name: string): string | undefined {
  const value = Object.hasOwn(params, name) ? params[name] : undefined
  if (value instanceof Uint8Array) return beginningOfBytes(value, LONGEST_SHORT)
  return value === undefined || typeof value === 'string' ? value : formText(value)
}

/** A number or a boolean as a form would have it. */
export function formText(value: number | boolean): string {
  if (typeof value === 'number') return String(value)
  return value ? 'y' : 'n'
}

/** Collects parameters as they come. Throws Failure `invalid` past the most there may be. */
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

/** Whether a text holds half of a character beyond the first 65,536: some notations can write it, and UTF-8 cannot. */
export function isBroken(text: string): boolean {
  return /\p{Surrogate}/u.test(text)
}

/** What the character of a hexadecimal digit stands for; not a number where it is none, or nothing. */
export function hexDigit(byte = 0): number {
  if (byte >= 0x30 && byte <= 0x39) return byte - 0x30
  const letter = byte | 0x20
  return letter >= 0x61 && letter <= 0x66 ? letter - 0x57 : Number.NaN
}
