import type { Store } from '../../data/store.ts'
import type { Mail } from '../../data/tables.ts'
import { readHeaders, valuesOf } from '../mail/in/headers.ts'
import { authResultsOf } from '../mail/in/proofs/auth_results.ts'

const SHOWN: readonly string[] = ['spf', 'dkim', 'dmarc']
const RESULTS: readonly string[] = [
  'pass',
  'fail',
  'softfail',
  'neutral',
  'none',
  'policy',
  'temperror',
  'permerror',
]

/**
 * What the last server on the way of a mail says of its SPF, DKIM and DMARC (RFC 8601), as words; undefined if it says nothing, or the raw
 * mail was not kept.
 */
export async function authResults(store: Store, { raw }: Mail): Promise<string | undefined> {
  const bytes = raw === null ? undefined : await store.files.get(raw)
  const [value] = bytes ? valuesOf(readHeaders(bytes), 'authentication-results') : []
  const results = value === undefined ? [] : (authResultsOf(value)?.results ?? [])
  const words = SHOWN.flatMap(method => {
    const found = results.find(one => one.method === method && RESULTS.includes(one.result))
    return found ? [`${method}=${found.result}`] : []
  })
  return words.length > 0 ? words.join(', ') : undefined
}
