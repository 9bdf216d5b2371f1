import { isUtf8 } from 'node:buffer'
import { setImmediate as othersFirst } from 'node:timers/promises'
import { Failure } from '../../../data/failure.ts'
import {
  type Body,
  collector,
  hexDigit,
  MOST_PARAMETERS,
  nameIn,
  notUtf8,
  tooMany,
  valueIn,
  withoutMark,
} from './parameters.ts'

const AMPERSAND = '&'.charCodeAt(0)
const EQUALS = '='.charCodeAt(0)
const PERCENT = '%'.charCodeAt(0)
const PLUS = '+'.charCodeAt(0)
const BLANK = ' '.charCodeAt(0)
/** So many bytes are decoded before others have a turn. */
const TURN = 1024 * 1024
/** What JSON begins with, behind blanks. */
const JSON_BEGINS = [...'{["'].map(mark => mark.charCodeAt(0))
const BLANKS = [...'+ \t\r\n'].map(blank => blank.charCodeAt(0))

/**
 * Reads a form (WHATWG URL, application/x-www-form-urlencoded, but strictly UTF-8): keys and values as they were before they
 * were encoded; `a[]` and `a[b]` are names like any other. They are decoded in their place, so that a long one needs no other.
 * Throws Failure `invalid`, which shows no value, since it may be a password.
 */
export async function parseForm(given: Buffer): Promise<Body> {
  const bytes = withoutMark(given)
  if (!isUtf8(bytes)) throw notUtf8('The body')
  // Else a password in it would be the name of a parameter, and names are told.
  if (looksLikeJson(bytes))
    throw new Failure('invalid', 'The body looks like JSON; send it with Content-Type: application/json.')
  if (hasTooMany(bytes)) throw tooMany()
  const { params, repeated, add } = collector()
  for (let at = 0, place = 1; at < bytes.length; place++) {
    const end = placeOf(AMPERSAND, bytes, at)
    if (end > at) {
      const equals = placeOf(EQUALS, bytes, at)
      // It is the end of a value with a bare & in it, be it a password, and not to be cut off in silence or told as a name.
      if (equals >= end)
        throw new Failure('invalid', `There is no "=" in parameter ${place}; write an & in a value as %26.`)
      const named = decode(bytes, at, equals, 'name', place)
      const nameEnd = typeof named === 'number' ? named : await named
      const valued = decode(bytes, equals + 1, end, 'value', place)
      const valueEnd = typeof valued === 'number' ? valued : await valued
      add(nameIn(bytes, at, nameEnd), valueIn(bytes, equals + 1, valueEnd))
    }
    at = end + 1
  }
  return { params, repeated, uploads: [] }
}

function looksLikeJson(bytes: Buffer): boolean {
  let at = 0
  while (BLANKS.includes(bytes[at]!)) at++
  return JSON_BEGINS.includes(bytes[at]!)
}

function hasTooMany(bytes: Buffer): boolean {
  let count = 0
  for (let at = 0; at <= bytes.length; at = placeOf(AMPERSAND, bytes, at) + 1)
    if (++count > MOST_PARAMETERS) return true
  return false
}

/** Where a byte stands next; the end where it does not. */
function placeOf(byte: number, bytes: Buffer, from: number): number {
  const place = bytes.indexOf(byte, from)
  return place < 0 ? bytes.length : place
}

/** Puts bytes in place of themselves as they were before they were encoded, and gives where they end. Long ones take turns with others. */
function decode(
  bytes: Buffer,
  from: number,
  to: number,
  part: 'name' | 'value',
  place: number,
): number | Promise<number> {
  const decoding = { bytes, at: from, end: from, to, wasEncoded: false }
  const whole = () => {
    if (decoding.wasEncoded && !isUtf8(bytes.subarray(from, decoding.end))) throw badlyEncoded(part, place)
    return decoding.end
  }
  const flaw = () => badlyEncoded(part, place)
  return decodeTurn(decoding, flaw) ? whole() : decodeInTurns(decoding, flaw).then(whole)
}

interface Decoding {
  readonly bytes: Buffer
  readonly to: number
  at: number
  end: number
  wasEncoded: boolean
}

async function decodeInTurns(decoding: Decoding, flaw: () => Failure): Promise<void> {
  do await othersFirst()
  while (!decodeTurn(decoding, flaw))
}

/** Decodes what one turn allows; gives whether that is all. A blank is written as a plus. */
function decodeTurn(decoding: Decoding, flaw: () => Failure): boolean {
  const { bytes, to } = decoding
  let { at, end, wasEncoded } = decoding
  for (const stop = Math.min(at + TURN, to); at < stop; at++) {
    const byte = bytes[at]!
    if (byte === PERCENT) {
      wasEncoded = true
      // What is behind the end is no digit: there is an & or an =, or nothing.
      const value = 16 * hexDigit(bytes[at + 1]) + hexDigit(bytes[at + 2])
      if (Number.isNaN(value)) throw flaw()
      bytes[end++] = value
      at += 2
    } else bytes[end++] = byte === PLUS ? BLANK : byte
  }
  Object.assign(decoding, { at, end, wasEncoded })
  return at >= to
}

function badlyEncoded(part: 'name' | 'value', place: number): Failure {
  return new Failure(
    'invalid',
    `The ${part} of parameter ${place} is not percent-encoded UTF-8; encode it as a form, a % itself as %25.`,
  )
}
