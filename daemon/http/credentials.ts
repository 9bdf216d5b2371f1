import { isUtf8 } from 'node:buffer'
import type { IncomingMessage } from 'node:http'
import type { Method } from '../../handlers/method.ts'
import type { Credentials } from '../auth/login.ts'
import { type Body, shortValue } from './body/parameters.ts'
import { refuseForeignPage } from './foreign_page.ts'

/** The keys of a body that are the login, and never a parameter. */
export interface LoginKeys {
  readonly user: string
  readonly password: string
}

/** In methods without a parameter `username`, that key replaces a missing `user`, as in the sample of the API of 2008. */
export function loginKeys({ params }: Body, method: Method | undefined): LoginKeys {
  const user = params.user === undefined && !method?.params.username ? 'username' : 'user'
  return { user, password: 'password' }
}

/**
 * The credentials of a request: user and password from the body; if it has no password, those of HTTP Basic (RFC 7617) or a Bearer token
 * (RFC 6750). The body takes precedence, since the header may be for a server in front of this one. Throws Failure `forbidden` if a browser
 * added the header for a page of another site.
 */
export function credentialsOf({ headers }: IncomingMessage, { params }: Body, keys: LoginKeys): Credentials {
  const username = shortValue(params, keys.user) ?? ''
  const password = shortValue(params, keys.password)
  if (password) return { username, password }
  refuseForeignPage(headers)
  const fromHeader = authorization(headers.authorization ?? '')
  return { username: fromHeader.username || username, password: fromHeader.password }
}

/** The credentials in an Authorization header; both empty if its scheme is not known. */
export function authorization(header: string): Credentials {
  const [, scheme = '', value = ''] = /^(\S+) +(\S+) *$/.exec(header) ?? []
  if (scheme.toLowerCase() === 'bearer') return { username: '', password: value }
  if (scheme.toLowerCase() !== 'basic') return { username: '', password: '' }
  const [, username = '', password = ''] = /^([^:]*):(.*)$/s.exec(decoded(Buffer.from(value, 'base64'))) ?? []
  return { username, password }
}

/** UTF-8; otherwise Latin-1, which clients older than RFC 7617 send. */
function decoded(bytes: Buffer): string {
  return isUtf8(bytes) ? bytes.toString() : bytes.toString('latin1')
}
