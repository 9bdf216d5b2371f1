import type { IncomingMessage } from 'node:http'
import { Failure, shown } from '../../data/failure.ts'

/** Texts of "unlimited" length are welcome, up to this. */
export const LONGEST_BODY = 25 * 1024 * 1024
const MOST_KEYS = 64

/** The parameters of a form, and the keys that came more than once. */
export interface Form {
  readonly params: Readonly<Record<string, string>>
  readonly repeated: readonly string[]
}

/** Reads a form-encoded body. Throws Failure `too_large` past 25 MiB, `invalid` where it is no form in UTF-8. */
export async function readForm(request: IncomingMessage): Promise<Form> {
  const type = request.headers['content-type']?.split(';')[0]?.trim().toLowerCase()
  if (type !== undefined && type !== 'application/x-www-form-urlencoded') {
    throw new Failure(
      'invalid',
      `The body is ${shown(type)}; send a form, application/x-www-form-urlencoded.`,
    )
  }
  const bytes = await readBytes(request)
  return parseForm(utf8(bytes))
}

async function readBytes(request: IncomingMessage): Promise<Buffer> {
  const tooLarge = () =>
    new Failure('too_large', `The body is too large; send at most ${LONGEST_BODY} bytes.`)
  if (Number(request.headers['content-length'] ?? 0) > LONGEST_BODY) throw tooLarge()
  const chunks: Buffer[] = []
  let size = 0
  // Not `for await`, which would destroy the connection before the refusal is out.
  await new Promise<void>((resolve, reject) => {
    request.on('data', (chunk: Buffer) => {
      size += chunk.length
      if (size <= LONGEST_BODY) chunks.push(chunk)
      else reject(tooLarge())
    })
    request.on('end', resolve)
    request.on('error', reject)
  })
  return Buffer.concat(chunks)
}

function utf8(bytes: Buffer): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
  } catch {
    throw new Failure('invalid', 'The body is not UTF-8; encode it so.')
  }
}

/** Keys and values as they were before they were encoded; `a[]` and `a[b]` are names like any other. */
export function parseForm(body: string): Form {
  const params: Record<string, string> = Object.create(null)
  const repeated: string[] = []
  const pairs = body.split('&', MOST_KEYS + 1).filter(pair => pair !== '')
  if (pairs.length > MOST_KEYS)
    throw new Failure('invalid', `The body has more than ${MOST_KEYS} parameters.`)
  for (const pair of pairs) {
    const equals = pair.indexOf('=')
    const key = decoded(equals < 0 ? pair : pair.slice(0, equals))
    if (Object.hasOwn(params, key)) repeated.push(key)
    params[key] = equals < 0 ? '' : decoded(pair.slice(equals + 1))
  }
  return { params, repeated }
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '))
  } catch {
    throw new Failure('invalid', `${shown(text)} is not percent-encoded UTF-8; encode it as a form.`)
  }
}
