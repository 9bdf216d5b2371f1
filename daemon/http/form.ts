import { Failure, shown } from '../../data/failure.ts'

const MOST_PARAMETERS = 64
const PLUS = '+'.charCodeAt(0)
const BLANK = ' '.charCodeAt(0)
const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

/** The parameters of a form, and the keys that came more than once. */
export interface Form {
  readonly params: Readonly<Record<string, string>>
  readonly repeated: readonly string[]
}

/**
 * Reads a form (WHATWG URL, application/x-www-form-urlencoded, but strictly UTF-8): keys and values as they were before they
 * were encoded; `a[]` and `a[b]` are names like any other. Throws Failure `invalid`, which shows no value, since it may be a password.
 */
export function parseForm(bytes: Buffer): Form {
  const params: Record<string, string> = Object.create(null)
  const repeated: string[] = []
  const pairs = textOf(bytes).split('&', MOST_PARAMETERS + 1)
  if (pairs.length > MOST_PARAMETERS)
    throw new Failure('invalid', `The body has more than ${MOST_PARAMETERS} parameters; send fewer.`)
  for (const [index, pair] of pairs.entries()) {
    if (pair === '') continue
    const equals = pair.indexOf('=')
    const key = decoded(equals < 0 ? pair : pair.slice(0, equals), () => `name of parameter ${index + 1}`)
    if (Object.hasOwn(params, key)) repeated.push(key)
    params[key] = equals < 0 ? '' : decoded(pair.slice(equals + 1), () => `value of ${shown(key)}`)
  }
  return { params, repeated }
}

/** A blank is written as a plus. They are put back in the bytes: to do so in a text of 25 MB takes seconds. */
function textOf(bytes: Buffer): string {
  for (let at = 0; at < bytes.length; at++) if (bytes[at] === PLUS) bytes[at] = BLANK
  try {
    return utf8.decode(bytes)
  } catch {
    throw new Failure('invalid', 'The body is not UTF-8; encode it so.')
  }
}

function decoded(text: string, what: () => string): string {
  if (!text.includes('%')) return text
  try {
    return decodeURIComponent(text)
  } catch {
    throw new Failure(
      'invalid',
      `The ${what()} is not percent-encoded UTF-8; encode it as a form, a % itself as %25.`,
    )
  }
}
