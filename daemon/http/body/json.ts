import { isUtf8 } from 'node:buffer'
import { Failure, shown } from '../../../data/failure.ts'
import { UPLOAD_FIELD } from '../upload_field.ts'
import { jsonFiles } from './json_files.ts'
import { type Scanned, scan } from './json_scan.ts'
import { NoString } from './json_string.ts'
import {
  type Body,
  collector,
  isBroken,
  notUtf8,
  type SentText,
  type SentValue,
  withoutMark,
} from './parameters.ts'

/** Names that could change the prototype of an object when a program copies them carelessly. */
const FORBIDDEN = ['__proto__', 'constructor', 'prototype']

/**
 * Reads a JSON object (RFC 8259): strings, numbers and booleans unchanged, null as an empty text, and a list of files. The refusal of any
 * other value names the parameter. Throws Failure `invalid`, which shows no value.
 */
export async function parseJson(bytes: Buffer): Promise<Body> {
  // Scanned first, since the parser would build everything, even what no method uses.
  const { rest, strings, keys } = await scanned(withoutMark(bytes))
  let uploads: Body['uploads'] = []
  const value = parsed(rest.toString())
  if (!isObject(value))
    throw new Failure('invalid', 'The body is not a JSON object; send one, like {"user": …}.')
  refuseForbidden(value)
  const { params, repeated, add } = collector()
  for (const [key, given] of Object.entries(value)) {
    if (strings.has(key))
      throw new Failure(
        'invalid',
        'A name in the body is too long; no parameter has such a name. Leave it out.',
      )
    if (key === UPLOAD_FIELD && Array.isArray(given)) uploads = await jsonFiles(given, { strings })
    else add(key, sentValue(key, given, strings))
  }
  const seen = new Set<string>()
  for (const key of keys) {
    if (seen.has(key)) repeated.push(key)
    seen.add(key)
  }
  return { params, repeated, uploads }
}

async function scanned(bytes: Buffer): Promise<Scanned> {
  if (!isUtf8(bytes)) throw notUtf8('The body')
  try {
    return await scan(bytes)
  } catch (error) {
    throw error instanceof NoString ? notJson() : error
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    throw notJson()
  }
}

function notJson(): Failure {
  return new Failure(
    'invalid',
    'The body is not JSON; send one object, with each name and each text in double quotes.',
  )
}

function sentValue(key: string, given: unknown, strings: Scanned['strings']): SentValue {
  const value = typeof given === 'string' ? sentText(given, strings) : scalar(key, given)
  if (value !== undefined && !isBroken(key)) return value
  throw new Failure(
    'invalid',
    `${shown(key)} contains half a character (a lone surrogate); send whole characters.`,
  )
}

/** Undefined for a text with half a character (a lone surrogate). */
function sentText(given: string, strings: Scanned['strings']): SentText | undefined {
  if (strings.has(given)) return strings.get(given)
  return isBroken(given) ? undefined : given
}

function scalar(key: string, given: unknown): SentValue {
  if (typeof given === 'boolean') return given
  if (given === null) return ''
  if (typeof given === 'number') return exactNumber(key, given)
  throw new Failure(
    'invalid',
    `${shown(key)} is a list or an object; send a text, with commas between several values.`,
    { parameter: key },
  )
}

/** Beyond 2^53 - 1, JSON.parse may give a different number than was sent. */
function exactNumber(key: string, given: number): number {
  // Makes 0 of -0.
  if (Math.abs(given) <= Number.MAX_SAFE_INTEGER) return given === 0 ? 0 : given
  throw new Failure(
    'invalid',
    `${shown(key)} is outside the range of exact numbers; send at most ${Number.MAX_SAFE_INTEGER}, or a text, in quotes.`,
    { parameter: key },
  )
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function refuseForbidden(value: unknown): void {
  if (typeof value !== 'object' || value === null) return
  for (const [key, inner] of Object.entries(value)) {
    if (FORBIDDEN.includes(key))
      throw new Failure(
        'invalid',
        `The body has the name ${shown(key)}, which no parameter has; leave it out.`,
      )
    refuseForbidden(inner)
  }
}
