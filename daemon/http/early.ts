import type { IncomingMessage } from 'node:http'
import { Failure } from '../../data/failure.ts'
import type { LogIn, Login } from '../login.ts'
import { ownerOf } from '../throttle.ts'
import { authorization } from './credentials.ts'
import { isLarge, type Sender } from './reading.ts'

/** What the header of a request with a large body came to before the body is read; undefined where nothing was looked at. */
export type Early = Login | Failure | undefined

/** Looks at the login in a header, so that a large body of a user does not have to wait for those of strangers. */
export async function earlyLogin(login: LogIn, request: IncomingMessage, peer: string): Promise<Early> {
  const { authorization: shown } = request.headers
  if (shown === undefined || !isLarge(request)) return undefined
  return login(authorization(shown), 'http', peer).catch(error => {
    if (error instanceof Failure) return error
    throw error
  })
}

/** As whose a body is counted while it is read. */
export function senderOf(early: Early, peer: string): Sender {
  if (early === undefined || early instanceof Failure) return { owner: ownerOf(peer), login: 'unknown' }
  return { owner: `user ${early.user.id}`, login: 'known' }
}
