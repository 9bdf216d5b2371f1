import { isUtf8 } from 'node:buffer'
import { setImmediate as othersFirst } from 'node:timers/promises'
import { Failure } from '../../../data/failure.ts'
import { MIB } from '../../../data/sizes.ts'
import { LONGEST_KEPT } from '../../../handlers/params/kept_text.ts'
import {
  type Body,
  collector,
  cutName,
  hexDigit,
  MOST_PARAMETERS,
  nameIn,
  notUtf8,
  placeOf,
  tooMany,
  valueIn,
  withoutMark,
} from './parameters.ts'

const AMPERSAND = '&'.charCodeAt(0)
const EQUALS = '='.charCodeAt(0)
const PERCENT = '%'.charCodeAt(0)
const PLUS = '+'.charCodeAt(0)
const BLANK = ' '.charCodeAt(0)
type Part = 'name' | 'value'
type Add = ReturnType<typeof collector>['add']

/** How many bytes are decoded before other work gets a turn. */
const TURN = MIB
/** What JSON begins with, after blanks. */
const JSON_BEGINS = [...'{["'].map(mark => mark.charCodeAt(0))
const BLANKS = [...'+ \t\r\n'].map(blank => blank.charCodeAt(0))

/**
 * Reads a form (WHATWG URL, application/x-www-form-urlencoded, but strictly UTF-8) into its decoded keys and values; `a[]` and `a[b]` are
 * names like any other. Long values are decoded in place, to save memory. Throws Failure `invalid`, which shows no value, since it may
 * be a password.
 */
export async function parseForm(given: Buffer): Promise<Body> {
  const bytes = withoutMark(given)
  if (!isUtf8(bytes)) throw notUtf8('The body')
  // Otherwise a password in it would be part of a parameter's name, and names are shown.
  if (looksLikeJson(bytes))
    throw new Failure('invalid', 'The body looks like JSON; send it with Content-Type: application/json.')
  const { params, repeated, add } = collector()
  for (let at = 0, place = 1; at < bytes.length; place++) {
    if (place > MOST_PARAMETERS) throw tooMany()
    const end = placeOf(AMPERSAND, bytes, at)
    if (end - at > LONGEST_KEPT) await addLong(bytes.subarray(at, end), place, add)
    else if (end > at) addShort(bytes.toString('utf8', at, end), place, add)
    at = end + 1
  }
  return { params, repeated, uploads: [] }
}

function looksLikeJson(bytes: Buffer): boolean {
  let at = 0
  while (BLANKS.includes(bytes[at]!)) at++
  return JSON_BEGINS.includes(bytes[at]!)
}

/** Most pairs are short; splitting and decoding them as strings is fastest. */
function addShort(pair: string, place: number, add: Add): void {
  const equals = pair.indexOf('=')
  if (equals < 0) throw noEquals(place)
  add(cutName(plain(pair.slice(0, equals), 'name', place)), plain(pair.slice(equals + 1), 'value', place))
}

function plain(encoded: string, part: Part, place: number): string {
  const spaced = encoded.includes('+') ? encoded.replaceAll('+', ' ') : encoded
  if (!spaced.includes('%')) return spaced
  try {
    return decodeURIComponent(spaced)
  } catch {
    throw badlyEncoded(part, place)
  }
}

/** A long pair is decoded in place, in turns with other work. */
async function addLong(pair: Buffer, place: number, add: Add): Promise<void> {
  const equals = placeOf(EQUALS, pair, 0)
  if (equals === pair.length) throw noEquals(place)
  const nameEnd = await decode(pair, 0, equals, 'name', place)
  const valueEnd = await decode(pair, equals + 1, pair.length, 'value', place)
  add(nameIn(pair, 0, nameEnd), valueIn(pair, equals + 1, valueEnd))
}

/** Such a part is the end of a value with a bare &, perhaps a password; it must not be lost silently, or shown as a name. */
function noEquals(place: number): Failure {
  return new Failure('invalid', `Parameter ${place} has no "="; write an & in a value as %26.`)
}

/** Decodes bytes in place, and gives where the result ends. */
async function decode(bytes: Buffer, from: number, to: number, part: Part, place: number): Promise<number> {
  const decoding = { bytes, at: from, end: from, to, wasEncoded: false }
  while (!decodeTurn(decoding, part, place)) await othersFirst()
  if (decoding.wasEncoded && !isUtf8(bytes.subarray(from, decoding.end))) throw badlyEncoded(part, place)
  return decoding.end
}

interface Decoding {
  readonly bytes: Buffer
  readonly to: number
  at: number
  end: number
  wasEncoded: boolean
}

/** Decodes as much as one turn allows; gives whether it is done. A plus stands for a blank. */
function decodeTurn(decoding: Decoding, part: Part, place: number): boolean {
  const { bytes, to } = decoding
  let { at, end, wasEncoded } = decoding
  for (const stop = Math.min(at + TURN, to); at < stop; at++) {
    const byte = bytes[at]!
    if (byte === PERCENT) {
      wasEncoded = true
      // The byte after the end is not a digit: it is an & or an =, or missing.
      const value = 16 * hexDigit(bytes[at + 1]) + hexDigit(bytes[at + 2])
      if (Number.isNaN(value)) throw badlyEncoded(part, place)
      bytes[end++] = value
      at += 2
    } else bytes[end++] = byte === PLUS ? BLANK : byte
  }
  Object.assign(decoding, { at, end, wasEncoded })
  return at >= to
}

function badlyEncoded(part: Part, place: number): Failure {
  return new Failure(
    'invalid',
    `The ${part} of parameter ${place} is not percent-encoded UTF-8; encode it, and write a % as %25.`,
  )
}
