import { createHash } from 'node:crypto'
import { HOUR } from '../../data/durations.ts'
import { Failure } from '../../data/failure.ts'
import { sha256, shortHash, slowHash } from '../../data/secret.ts'
import { KIB } from '../../data/sizes.ts'
import type { Attachment } from '../../data/tables.ts'
import type { OnceKey } from '../../handlers/idempotency.ts'
import type { Method } from '../../handlers/method.ts'
import { type Body, formText, type SentValue, shortValue } from './body/parameters.ts'

/** With double quotes, as in draft-ietf-httpapi-idempotency-key-header, or without. */
const KEY = /^(?:([\x21\x23-\x7e]{1,255})|"([\x21\x23-\x7e]{1,255})")$/
/** How many bytes of a long text are hashed at once. */
const PIECE = 64 * KIB

export interface Keyed {
  readonly user: number
  readonly method: Method
  readonly params: Body['params']
  readonly attachments: readonly Attachment[]
  /** How many hours a repeat is recognized. */
  readonly keepHours: number
}

/**
 * The key by which a repeat of a call is recognized, from its Idempotency-Key; undefined for a call that only reads. The call itself is kept
 * as a hash, in which a secret goes through a slow hash first. Throws Failure `invalid` for an invalid key.
 */
export async function onceOf(header: string | undefined, call: Keyed): Promise<OnceKey | undefined> {
  if (header === undefined) return undefined
  const [, bare, key = bare] = KEY.exec(header) ?? []
  if (key === undefined)
    throw new Failure(
      'invalid',
      'The Idempotency-Key is not a valid key; send 1 to 255 visible ASCII characters without a double quote.',
    )
  if (call.method.reads) return undefined
  const former = `http ${call.user} ${sha256(key)}`
  const fingerprint = await fingerprintOf(call, former)
  return { key: shortHash(former), former, milliseconds: call.keepHours * HOUR, fingerprint }
}

/** The SHA-256 of `[method, [name, value, …], [[file, filename, mime_type], …]]` in JSON. */
async function fingerprintOf({ method, params, attachments }: Keyed, salt: string): Promise<string> {
  const hash = createHash('sha256').update(`${JSON.stringify([method.name]).slice(0, -1)},[`)
  let comma = ''
  for (const name of Object.keys(params).sort()) {
    hash.update(`${comma}${JSON.stringify(name)},`)
    const isSecret = method.params[name]?.secret
    const value = isSecret ? await slowHash(shortValue(params, name)!, salt) : params[name]!
    for (const piece of jsonOf(value)) hash.update(piece)
    comma = ','
  }
  const files = attachments.map(({ file, filename, mime_type }) => [file, filename, mime_type])
  return hash.update(`],${JSON.stringify(files)}]`).digest('hex')
}

/** A value in JSON, always as a text, so that a call has the same hash as a form and as JSON; a long one in pieces, to save memory. */
function* jsonOf(value: SentValue): Generator<string> {
  if (typeof value === 'string') return yield JSON.stringify(value)
  if (!(value instanceof Uint8Array)) return yield JSON.stringify(formText(value))
  const decoder = new TextDecoder('utf-8', { ignoreBOM: true })
  yield '"'
  for (let at = 0; at < value.length; at += PIECE)
    yield JSON.stringify(decoder.decode(value.subarray(at, at + PIECE), { stream: true })).slice(1, -1)
  yield '"'
}
