import { Failure } from '../../data/failure.ts'
import { sha256, shortHash, slowHash } from '../../data/secret.ts'
import type { Attachment } from '../../data/tables.ts'
import type { Method } from '../../handlers/method.ts'
import type { OnceKey } from '../../handlers/once.ts'

const HOUR = 60 * 60 * 1000
/** In double quotes, as in the draft of the header's standard (draft-ietf-httpapi-idempotency-key-header), or without. */
const KEY = /^(?:([\x21\x23-\x7e]{1,255})|"([\x21\x23-\x7e]{1,255})")$/

export interface Keyed {
  readonly user: number
  readonly method: Method
  readonly params: Readonly<Record<string, string>>
  readonly attachments: readonly Attachment[]
  /** For so long a repeat is known again. */
  readonly keepHours: number
}

/**
 * The key under which a repeat of a call is known again, from the value of its Idempotency-Key. A call that changes nothing has no need of
 * one. What was called is kept with it as a hash; the value of a secret goes in by a slow one. Throws Failure `invalid` for what is no key.
 */
export async function onceOf(header: string | undefined, call: Keyed): Promise<OnceKey | undefined> {
  if (header === undefined) return undefined
  const [, bare, key = bare] = KEY.exec(header) ?? []
  if (key === undefined)
    throw new Failure(
      'invalid',
      'The Idempotency-Key is no key; give 1 to 255 visible ASCII characters without a double quote.',
    )
  if (call.method.reads) return undefined
  const former = `http ${call.user} ${sha256(key)}`
  const fingerprint = await fingerprintOf(call, former)
  return { key: shortHash(former), former, milliseconds: call.keepHours * HOUR, fingerprint }
}

async function fingerprintOf({ method, params, attachments }: Keyed, salt: string): Promise<string> {
  const told = Object.entries(params).sort(([a], [b]) => (a < b ? -1 : 1))
  const values: string[] = []
  for (const [name, value] of told)
    values.push(name, method.params[name]?.secret ? await slowHash(value, salt) : value)
  const files = attachments.map(({ file, filename, mime_type }) => [file, filename, mime_type])
  return sha256(JSON.stringify([method.name, values, files]))
}
