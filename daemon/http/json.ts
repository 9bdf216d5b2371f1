import { Failure, shown } from '../../data/failure.ts'
import { type Body, collector, isBroken, MOST_PARAMETERS, tooMany, utf8 } from './parameters.ts'

const DEEPEST = 16
/** Colons and commas: those of so many parameters. */
const MOST_ITEMS = 2 * MOST_PARAMETERS - 1
/** Names that change an object instead of standing in it, where some program copies them without care. */
const FORBIDDEN = ['__proto__', 'constructor', 'prototype']
/** Where a string, or what has to do with depth and keys, is next. */
const NEXT = /["{}[\]:,]/g

/**
 * Reads an object of JSON (RFC 8259): its strings as they are, whole numbers as their digits, true and false as y and n, null as nothing.
 * What is no such value is a parameter's own fault, and told with its name. Throws Failure `invalid`, which shows no value.
 */
export function parseJson(bytes: Buffer): Body {
  const text = utf8(bytes, 'The body')
  // Before the parser, which would take apart what nobody has use for.
  const keys = topKeys(text)
  const value = parsed(text)
  if (!isObject(value)) throw new Failure('invalid', 'The body is no JSON object; send {"user": …}.')
  refuseForbidden(value)
  const { params, repeated, add } = collector()
  const booleans: string[] = []
  for (const [key, given] of Object.entries(value)) {
    if (typeof given === 'boolean') booleans.push(key)
    add(key, textOf(key, given))
  }
  const seen = new Set<string>()
  for (const key of keys) {
    if (seen.has(key)) repeated.push(key)
    seen.add(key)
  }
  return { params, repeated, booleans, uploads: [] }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    throw new Failure(
      'invalid',
      'The body is not JSON; send one object, with each name and each text in double quotes.',
    )
  }
}

function textOf(key: string, value: unknown): string {
  if (isBroken(key) || (typeof value === 'string' && isBroken(value)))
    throw new Failure('invalid', `${shown(key)} holds half a character; send whole ones.`)
  if (typeof value === 'string') return value
  if (typeof value === 'boolean') return value ? 'y' : 'n'
  if (value === null) return ''
  if (typeof value === 'number' && Number.isSafeInteger(value)) return String(value)
  if (typeof value === 'number')
    throw new Failure(
      'invalid',
      `${shown(key)} is no whole number that all read alike; send it as a text, in quotes.`,
    )
  throw new Failure(
    'invalid',
    `${shown(key)} is a list or an object; send a text, with commas between where there are several.`,
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

/**
 * The keys of the outermost object, with those that come again, which the parser drops in silence. Throws Failure `invalid` for an object
 * that is too deep or has too much in it; whether it is JSON is the parser's business.
 */
function topKeys(text: string): string[] {
  const keys: string[] = []
  let depth = 0
  let items = 0
  let string: string | undefined
  NEXT.lastIndex = 0
  for (let found = NEXT.exec(text); found; found = NEXT.exec(text)) {
    const [mark] = found
    if (mark === '"') {
      const end = endOfString(text, found.index)
      string = text.slice(found.index, end)
      NEXT.lastIndex = end
      continue
    }
    if (mark === '{' || mark === '[') depth++
    if (mark === '}' || mark === ']') depth--
    if (depth > DEEPEST)
      throw new Failure('invalid', `The body is more than ${DEEPEST} levels deep; send one object.`)
    if ((mark === ',' || mark === ':') && ++items > MOST_ITEMS) throw tooMany()
    if (mark === ':' && depth === 1 && string !== undefined) keys.push(unescaped(string))
  }
  return keys
}

/** Behind the closing quote of the string that begins at a place; the end of the text where there is none. */
function endOfString(text: string, from: number): number {
  let at = from + 1
  for (;;) {
    const quote = text.indexOf('"', at)
    if (quote < 0) return text.length
    let backslashes = 0
    while (text[quote - 1 - backslashes] === '\\') backslashes++
    if (backslashes % 2 === 0) return quote + 1
    at = quote + 1
  }
}

function unescaped(string: string): string {
  try {
    return JSON.parse(string) as string
  } catch {
    return string
  }
}
