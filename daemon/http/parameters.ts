import { Failure } from '../../data/failure.ts'
import type { Upload } from '../attachment.ts'

/** More parameters than any method has, even of a client that sends much beside them. */
export const MOST_PARAMETERS = 64

/** What a body holds, whatever it is written in. */
export interface Body {
  readonly params: Readonly<Record<string, string>>
  /** The keys that came more than once. */
  readonly repeated: readonly string[]
  /** The keys whose value was a boolean, here y or n. */
  readonly booleans: readonly string[]
  readonly uploads: readonly (Upload & { readonly field: string })[]
}

const decoder = new TextDecoder('utf-8', { fatal: true })

/** The text of some bytes, without a byte order mark. Throws Failure `invalid` where they are no UTF-8; `what` is how it calls them. */
export function utf8(bytes: Uint8Array, what: string): string {
  try {
    return decoder.decode(bytes)
  } catch {
    throw new Failure('invalid', `${what} is not UTF-8; encode it so.`)
  }
}

/** Collects parameters as they come. Throws Failure `invalid` past the most there may be. */
export function collector(): {
  add(key: string, value: string): void
  readonly params: Body['params']
  readonly repeated: string[]
} {
  const params: Record<string, string> = Object.create(null)
  const repeated: string[] = []
  let count = 0
  const add = (key: string, value: string) => {
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
