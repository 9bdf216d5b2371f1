import type { IncomingMessage } from 'node:http'
import { Failure } from '../../../data/failure.ts'
import type { Reader, Store } from '../../../data/store.ts'
import type { LoggedIn, LoginCheck } from '../../auth/login.ts'
import type { Events } from '../../log/events.ts'
import { queueCounts } from '../../status/queue_counts.ts'
import type { SiteStatus } from '../../status/site_status.ts'
import { type Reply, withHeaders } from '../answer.ts'
import { authorization } from '../credentials.ts'
import { refusal } from '../refusal.ts'
import type { Asked } from '../request_id.ts'
import { pageOfQueues, pageOfStatus } from './status_page.ts'

/** What the page needs of the door. */
export interface StatusPart {
  readonly store: Store
  readonly login: LoginCheck
  readonly events: Events
  /** The status of the whole daemon. */
  status(): Promise<SiteStatus>
}

/** A browser asks its user for the login (RFC 7617); here alone, since programs expect the 403 of the API of 2008. */
const CHALLENGE = { 'WWW-Authenticate': 'Basic realm="helpdeskd", charset="UTF-8"' }
/** The pages of other sites may not load it, not even as a script or an image (Fetch Standard, Cross-Origin-Resource-Policy). */
const OWN_SITE = { 'Cross-Origin-Resource-Policy': 'same-origin' }

/** `GET /status` for users with a login: to administrators all of it, to others the tickets of the queues that they see. */
export async function statusReply(site: StatusPart, request: IncomingMessage, asked: Asked): Promise<Reply> {
  try {
    return withHeaders(await pageFor(site, request, asked.peer), OWN_SITE)
  } catch (error) {
    if (!(error instanceof Failure) || error.code !== 'unauthenticated') throw error
    site.events.refused('http', '(unknown)', error, { ...asked, status: 401 })
    return withHeaders(refusal(error, request, asked, 401), CHALLENGE)
  }
}

async function pageFor(
  { store, login, status }: StatusPart,
  { headers: { authorization: shown } }: IncomingMessage,
  peer: string,
): Promise<Reply> {
  // A browser asks without a login first, which is no failed login.
  if (shown === undefined) throw new Failure('unauthenticated', 'Log in to see the status of the helpdesk.')
  const loggedIn = await login(authorization(shown), 'http', peer)
  const queues = await store.read(tx => queuesFor(tx, loggedIn))
  return queues ? pageOfQueues(queues) : pageOfStatus(await status())
}

/** The queues that the user sees; undefined for an administrator. Throws Failure `forbidden` for a token that is limited to methods. */
async function queuesFor(tx: Reader, { user: { id }, token }: LoggedIn) {
  const limits = token === undefined ? undefined : (await tx.get('tokens', token))?.methods
  if (limits && limits.length > 0)
    throw new Failure('forbidden', `This token cannot show the status; it can call ${limits.join(', ')}.`)
  const user = await tx.get('users', id)
  if (!user?.active) throw new Failure('unauthenticated', 'This user is no longer active.')
  return user.admin ? undefined : queueCounts(tx, user)
}
