import type { IncomingMessage } from 'node:http'
import { Failure, shown } from '../../data/failure.ts'
import type { Store } from '../../data/store.ts'
import type { Attachment } from '../../data/tables.ts'
import { admitted, type Caller } from '../../handlers/actor.ts'
import { type Answer, call } from '../../handlers/call.ts'
import { methods } from '../../handlers/index.ts'
import { keepUpload } from '../attachment.ts'
import type { Config } from '../config.ts'
import { events, logThrown } from '../events.ts'
import type { LogIn } from '../login.ts'
import { ownerOf } from '../throttle.ts'
import type { Reply } from './answer.ts'
import { withBody } from './body.ts'
import { authorization, credentialsOf, loginKeys } from './credentials.ts'
import { onceOf } from './idempotency.ts'
import type { Body } from './parameters.ts'
import { isLarge, type Sender } from './reading.ts'
import { ignoredHeader, refuseRepeats, sift } from './sift.ts'

export type PostRequest = IncomingMessage & { params: { method: string } }

/** What the POST door works with. */
export interface PostSite {
  readonly store: Store
  readonly login: LogIn
  readonly config: Config
}

/** One call: the verb, the login, the method, its parameters, in this order. `peer` is the address of whoever asks. */
export async function post(site: PostSite, request: PostRequest, peer: string): Promise<Reply> {
  if (request.method !== 'POST') {
    return {
      status: 405,
      body: `${request.method} is not possible here; use POST.`,
      headers: { Allow: 'POST' },
    }
  }
  const { method: name } = request.params
  try {
    const sender = { owner: ownerOf(peer), login: await loginBefore(site, request, peer) }
    return await withBody(request, sender, body => answerTo(site, request, body, peer))
  } catch (error) {
    logThrown('http', methods.has(name) ? name : '(unknown)', error, peer)
    throw error
  }
}

/** Whether a header shows a good login; looked at before a large body is read, so that strangers do not keep users waiting. */
async function loginBefore(
  { login }: PostSite,
  request: PostRequest,
  peer: string,
): Promise<Sender['login']> {
  const { authorization: shown } = request.headers
  if (shown === undefined || !isLarge(request)) return 'unknown'
  try {
    await login(authorization(shown), 'http', peer)
    return 'known'
  } catch (error) {
    if (error instanceof Failure) return 'unknown'
    throw error
  }
}

async function answerTo(site: PostSite, request: PostRequest, body: Body, peer: string): Promise<Reply> {
  const started = performance.now()
  const { store, config } = site
  const { method: name } = request.params
  const method = methods.get(name)
  const keys = loginKeys(body, method)
  refuseRepeats(body, [keys.user, keys.password])
  const { user, token } = await site.login(credentialsOf(request, body, keys), 'http', peer)
  if (!method)
    throw new Failure('not_found', `There is no method ${shown(name)}; POST to /api/help/ for a list.`)
  const { params, uploads, ignored } = sift(method, body, keys)
  const caller: Caller = {
    actor: { kind: 'user', user: user.id },
    token,
    door: 'http',
    now: new Date().toISOString(),
  }
  const key = request.headers['idempotency-key'] as string | undefined
  // Who may not call the method has nothing to keep here, nor is he worth slow work.
  if (uploads.length > 0 || key !== undefined) await store.read(tx => admitted(tx, caller, method))
  const attachments: Attachment[] = []
  for (const upload of uploads)
    attachments.push(await keepUpload(store.files, upload, config['limits.attachment']))
  const once = await onceOf(key, { user: user.id, method, params, attachments })
  const given = attachments.length > 0 ? { ...params, attachments: { given: attachments } } : params
  const command = { method: name, params: given, ...(once ? { once } : {}) }
  const ticketBytes = config['limits.ticket_attachments']
  const [done] = await call(store, [command], { ...caller, ticketBytes })
  const more = { token, ignored: ignored.length === 0 ? undefined : ignored }
  events.called('http', name, user.username, performance.now() - started, more)
  return { ...(await bodyOf(store, done!)), headers: ignoredHeader(ignored) }
}

async function bodyOf(store: Store, { gives, sends }: Answer): Promise<Omit<Reply, 'headers'>> {
  if (!sends) return { status: 200, body: gives }
  const stream = await store.files.stream(sends.file)
  if (stream) return { status: 200, body: { ...sends, stream } }
  throw new Failure('not_found', `The file ${shown(sends.filename)} is not there any more.`)
}
