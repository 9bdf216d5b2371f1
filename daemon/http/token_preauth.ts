import type { IncomingMessage } from 'node:http'
import { Failure } from '../../data/failure.ts'
import { isToken } from '../../data/token.ts'
import type { KnownAddresses } from '../auth/known_addresses.ts'
import type { LoggedIn, LoginCheck } from '../auth/login.ts'
import { ownerOf } from '../net/ip.ts'
import type { Sender } from './body/body_place.ts'
import { authorization } from './credentials.ts'

/** What the header of a request with a large body came to before the body is read; undefined where nothing was looked at. */
export type Early = LoggedIn | Failure | undefined

/**
 * Checks a token in a header, so that a large body of a user does not have to wait for those of strangers. It checks no password: that may
 * be for a server in front of us while the body has our login, and must not count as a wrong one.
 */
export async function earlyLogin(login: LoginCheck, request: IncomingMessage, peer: string): Promise<Early> {
  const shown = authorization(request.headers.authorization ?? '')
  if (!isToken(shown.password)) return undefined
  return login(shown, 'http', peer).catch(error => {
    if (error instanceof Failure) return error
    throw error
  })
}

/** The sender that a body counts for while it is read. */
export function senderOf(early: Early, peer: string, knownAddresses: KnownAddresses): Sender {
  if (early !== undefined && !(early instanceof Failure))
    return { owner: `user ${early.user.id}`, standing: 'known' }
  const owner = ownerOf(peer)
  return { owner, standing: knownAddresses.has(owner) ? 'known' : 'stranger' }
}
