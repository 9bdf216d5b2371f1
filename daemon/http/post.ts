import type { IncomingMessage } from 'node:http'
import { Failure, shown } from '../../data/failure.ts'
import type { Store } from '../../data/store.ts'
import type { Attachment } from '../../data/tables.ts'
import { type Answer, call } from '../../handlers/call.ts'
import { methods } from '../../handlers/index.ts'
import { keepUpload } from '../attachment.ts'
import type { Config } from '../config.ts'
import { events, logThrown } from '../events.ts'
import type { LogIn } from '../login.ts'
import type { Reply } from './answer.ts'
import { withBody } from './body.ts'
import { credentialsOf, loginKeys } from './credentials.ts'
import { onceOf } from './idempotency.ts'
import { ignoredHeader, known, refuseRepeats } from './known.ts'
import type { Body } from './parameters.ts'

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
    return await withBody(request, peer, body => answerTo(site, request, body, peer))
  } catch (error) {
    logThrown('http', methods.has(name) ? name : '(unknown)', error, peer)
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
  const { params, uploads, ignored } = known(method, body, keys)
  const attachments: Attachment[] = []
  for (const upload of uploads)
    attachments.push(await keepUpload(store.files, upload, config['limits.attachment']))
  const once = await onceOf(request.headers['idempotency-key'] as string | undefined, {
    user: user.id,
    method,
    params,
    attachments,
  })
  const given = attachments.length > 0 ? { ...params, attachments: { given: attachments } } : params
  const [done] = await call(store, [{ method: name, params: given, ...(once ? { once } : {}) }], {
    actor: { kind: 'user', user: user.id },
    token,
    door: 'http',
    now: new Date().toISOString(),
    ticketBytes: config['limits.ticket_attachments'],
  })
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
