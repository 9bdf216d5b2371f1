import type { IncomingMessage } from 'node:http'
import { Failure } from '../../data/failure.ts'
import { isToken } from '../../data/token.ts'
import type { KnownAddresses } from '../auth/known_addresses.ts'
import type { LoggedIn, LoginCheck } from '../auth/login.ts'
import { ownerOf } from '../net/ip.ts'
import type { Sender } from './body/body_place.ts'
import { authorization } from './credentials.ts'
import { isFromForeignPage } from './foreign_page.ts'

/** The result of the login in the header of a request, before its large body is read; undefined if there was nothing to check. */
export type Early = LoggedIn | Failure | undefined

/**
 * Checks a token in a header, so that the large body of a user need not wait for those of strangers. It does not check a password: that
 * may be for a proxy in front, with the login for helpdeskd in the body, and must not count as a failed login.
 */
export async function earlyLogin(login: LoginCheck, request: IncomingMessage, peer: string): Promise<Early> {
  const shown = authorization(request.headers.authorization ?? '')
  if (!isToken(shown.password) || isFromForeignPage(request.headers)) return undefined
  return login(shown, 'http', peer).catch(error => {
    if (error instanceof Failure) return error
    throw error
  })
}

/** The sender whose limits apply to a body while it is read. */
export function senderOf(early: Early, peer: string, knownAddresses: KnownAddresses): Sender {
  if (early !== undefined && !(early instanceof Failure))
    return { owner: `user ${early.user.id}`, standing: 'known' }
  const owner = ownerOf(peer)
  return { owner, standing: knownAddresses.has(owner) ? 'known' : 'stranger' }
}
