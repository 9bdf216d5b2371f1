import type { HeaderValue } from '../../../config/option.ts'
import { type Headers, valuesOf } from '../headers.ts'

/** Bytes above ASCII are letters of some charset. */
const WORD_CHARACTER = /^[0-9a-z_\x80-\xff]/

/**
 * Why a mail counts as spam: a field of its header has the name and the value that the filter of the site sets, or a value that goes on
 * after it, as in `Yes, score=7.3`. Undefined if none does, or without a mark. A sender may add such a field, too, so all of them count.
 */
export function spamMarkIn(headers: Headers, mark: HeaderValue | null): string | undefined {
  if (!mark) return undefined
  const value = mark.value.toLowerCase()
  const isMarked = valuesOf(headers, mark.name.toLowerCase()).some(given => beginsWith(given, value))
  return isMarked ? `its header has ${mark.name}: ${mark.value}` : undefined
}

function beginsWith(given: string, value: string): boolean {
  const beginning = given.slice(0, value.length + 1).toLowerCase()
  return beginning.startsWith(value) && !WORD_CHARACTER.test(beginning.slice(value.length))
}
