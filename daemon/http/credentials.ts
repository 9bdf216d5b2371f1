import { isUtf8 } from 'node:buffer'
import type { IncomingMessage } from 'node:http'
import type { Method } from '../../handlers/method.ts'
import type { Credentials } from '../auth/login.ts'
import { type Body, shortValue } from './body/parameters.ts'

/** The keys of a body that are the login's, and never a parameter. */
export interface LoginKeys {
  readonly user: string
  readonly password: string
}

/** `username` serves as `user` too, as the spec's sample has it, in methods without a parameter of that name. */
export function loginKeys({ params }: Body, method: Method | undefined): LoginKeys {
  const user = params.user === undefined && !method?.params.username ? 'username' : 'user'
  return { user, password: 'password' }
}

/**
 * What a request shows of its caller: user and password in the body; where it has no password, those of HTTP Basic (RFC 7617) or a Bearer
 * token (RFC 6750). The body goes first, since a server in front may have an Authorization of its own.
 */
export function credentialsOf({ headers }: IncomingMessage, { params }: Body, keys: LoginKeys): Credentials {
  const username = shortValue(params, keys.user) ?? ''
  const password = shortValue(params, keys.password)
  if (password) return { username, password }
  const fromHeader = authorization(headers.authorization ?? '')
  return { username: fromHeader.username || username, password: fromHeader.password }
}

/** The login that a header has; both empty where it has none that we know. */
export function authorization(header: string): Credentials {
  const [, scheme = '', value = ''] = /^(\S+) +(\S+) *$/.exec(header) ?? []
  if (scheme.toLowerCase() === 'bearer') return { username: '', password: value }
  if (scheme.toLowerCase() !== 'basic') return { username: '', password: '' }
  const [, username = '', password = ''] = /^([^:]*):(.*)$/s.exec(decoded(Buffer.from(value, 'base64'))) ?? []
  return { username, password }
}

/** UTF-8; where it is none, Latin-1, as clients from before RFC 7617 have it. */
function decoded(bytes: Buffer): string {
  return isUtf8(bytes) ? bytes.toString() : bytes.toString('latin1')
}
