import type { IncomingMessage } from 'node:http'
import { Failure } from '../../data/failure.ts'

/**
 * The fields that may occur once. Of two, Node drops the second or joins both, while a proxy in front may choose differently: the two would
 * then understand one request in different ways (RFC 9110 5.3, RFC 9112 3.2 and 6.3).
 */
const SINGLE: ReadonlySet<string> = new Set([
  'host',
  'content-length',
  'transfer-encoding',
  'content-type',
  'content-encoding',
  'authorization',
  'idempotency-key',
])
/** A host and an optional port (RFC 3986 3.2.2); both may be empty. */
const HOST = /^(?:\[[0-9A-Fa-f:.]{2,45}\]|[\w.~!$&'()*+,;=%-]{0,255})(?::[0-9]{0,5})?$/

/** Throws Failure `invalid` if a field occurs twice that may occur once, and if Host is malformed, or missing in HTTP/1.1. */
export function checkFields({ rawHeaders, headers, httpVersion }: IncomingMessage): void {
  // `headers` has each name once, so equal counts mean that no field is repeated.
  if (Object.keys(headers).length * 2 < rawHeaders.length) refuseRepeated(rawHeaders)
  const { host } = headers
  if (host === undefined) {
    if (httpVersion === '1.1') throw new Failure('invalid', 'The Host header is missing; send one.')
  } else if (!HOST.test(host))
    throw new Failure('invalid', 'The Host header is malformed; send the host and the port from the URL.')
}

function refuseRepeated(rawHeaders: readonly string[]): void {
  const seen = new Set<string>()
  for (let at = 0; at < rawHeaders.length; at += 2) {
    const name = rawHeaders[at]!.toLowerCase()
    if (!SINGLE.has(name)) continue
    if (seen.has(name))
      throw new Failure('invalid', `The header ${rawHeaders[at]} is sent twice; send it once.`)
    seen.add(name)
  }
}
