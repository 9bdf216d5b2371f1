import type { IncomingHttpHeaders } from 'node:http'
import { Failure } from '../../data/failure.ts'

/**
 * Whether a browser sends a request for a page of another site (Fetch Metadata, Sec-Fetch-Site; in older browsers Origin, RFC 6454). It adds
 * the login that its user gave to `/status`, without asking, and such a request must not act in the name of that user. Programs send neither
 * header.
 */
export function isFromForeignPage(headers: IncomingHttpHeaders): boolean {
  const site = headers['sec-fetch-site']
  if (site !== undefined) return site !== 'same-origin' && site !== 'none'
  const { origin, host } = headers
  return origin !== undefined && origin !== `http://${host}` && origin !== `https://${host}`
}

/** Throws Failure `forbidden` if the login in the header of such a request would be used. */
export function refuseForeignPage(headers: IncomingHttpHeaders): void {
  if (headers.authorization !== undefined && isFromForeignPage(headers))
    throw new Failure(
      'forbidden',
      'A web page of another site makes this call with a login that the browser keeps; send user and password, or a token, in the body.',
    )
}
