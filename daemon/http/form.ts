import { Failure } from '../../data/failure.ts'
import { type Body, collector, MOST_PARAMETERS, tooMany, utf8 } from './parameters.ts'

const PLUS = '+'.charCodeAt(0)
const BLANK = ' '.charCodeAt(0)

/**
 * Reads a form (WHATWG URL, application/x-www-form-urlencoded, but strictly UTF-8): keys and values as they were before they
 * were encoded; `a[]` and `a[b]` are names like any other. Throws Failure `invalid`, which shows no value, since it may be a password.
 */
export function parseForm(bytes: Buffer): Body {
  const { params, repeated, add } = collector()
  const text = textOf(bytes)
  // Else a password in it would be the name of a parameter, and names are told.
  if (/^\s*[{["]/.test(text))
    throw new Failure('invalid', 'The body looks like JSON; send it with Content-Type: application/json.')
  const pairs = text.split('&', MOST_PARAMETERS + 1)
  if (pairs.length > MOST_PARAMETERS) throw tooMany()
  for (const [index, pair] of pairs.entries()) {
    if (pair === '') continue
    const equals = pair.indexOf('=')
    const place = index + 1
    // It is the end of a value with a bare & in it, be it a password, and not to be cut off in silence or told as a name.
    if (equals < 0)
      throw new Failure('invalid', `There is no "=" in parameter ${place}; write an & in a value as %26.`)
    add(decoded(pair.slice(0, equals), 'name', place), decoded(pair.slice(equals + 1), 'value', place))
  }
  return { params, repeated, booleans: [], uploads: [] }
}

/** A blank is written as a plus. They are put back in the bytes: to do so in a text of 25 MB takes seconds. */
function textOf(bytes: Buffer): string {
  for (let at = 0; at < bytes.length; at++) if (bytes[at] === PLUS) bytes[at] = BLANK
  return utf8(bytes, 'The body')
}

function decoded(text: string, part: 'name' | 'value', place: number): string {
  if (!text.includes('%')) return text
  try {
    return decodeURIComponent(text)
  } catch {
    throw new Failure(
      'invalid',
      `The ${part} of parameter ${place} is not percent-encoded UTF-8; encode it as a form, a % itself as %25.`,
    )
  }
}
