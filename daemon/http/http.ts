import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import polka from 'polka'
import { Failure, shown } from '../../data/failure.ts'
import type { Store } from '../../data/store.ts'
import { call } from '../../handlers/call.ts'
import { methods } from '../../handlers/index.ts'
import type { Method } from '../../handlers/method.ts'
import { meaningOf, sentenceOf } from '../codes.ts'
import type { Listen } from '../config.ts'
import { events, logThrown } from '../events.ts'
import { login } from '../login.ts'
import { answer, type Reply } from './answer.ts'
import { type Form, readForm } from './body.ts'

const SECOND = 1000
/** Of the names of parameters that we do not know, told back in a header. */
const LONGEST_IGNORED = 1000
/** How long a client may go on sending after a refusal, so that it gets to read it. */
const DRAIN_MILLISECONDS = 5 * SECOND

export interface HttpDoor {
  readonly port: number
  close(): Promise<void>
}

/** Opens the POST door. `ready` says whether the whole daemon is. */
export async function openHttp(store: Store, listen: Listen, ready: () => boolean): Promise<HttpDoor> {
  const server = createServer({
    headersTimeout: 10 * SECOND,
    requestTimeout: 30 * SECOND,
    keepAliveTimeout: 5 * SECOND,
    connectionsCheckingInterval: SECOND,
  })
  server.maxConnections = 256
  server.maxHeadersCount = 64
  const app = polka({ server, onNoMatch: (_, response) => answer(response, nothingHere) })
  app.all(
    '/api/:method',
    caught(async request => post(store, request as Request)),
  )
  app.get('/healthz', (_, response) =>
    answer(response, ready() ? { status: 200, body: 'ok' } : { status: 503, body: 'starting' }),
  )
  server.on('request', app.handler as never)
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject).listen(listen.port, listen.host, resolve)
  })
  return { port: (server.address() as AddressInfo).port, close: () => close(server) }
}

type Request = IncomingMessage & { params: { method: string } }
const nothingHere: Reply = {
  status: 404,
  body: 'There is nothing here; POST to /api/METHOD/, where METHOD is one that /api/help/ names.',
}

function close(server: Server): Promise<void> {
  return new Promise(resolve => {
    server.close(() => resolve())
    server.closeIdleConnections()
  })
}

/** polka lets what a handler throws end the process; here it becomes the reply. */
function caught(handle: (request: IncomingMessage) => Promise<Reply>) {
  return async (request: IncomingMessage, response: ServerResponse) => {
    try {
      answer(response, await handle(request))
    } catch (error) {
      if (request.errored) return
      answer(response, refusal(request, error))
      drain(request)
    }
  }
}

function refusal(request: IncomingMessage, error: unknown): Reply {
  const status = meaningOf(error).http
  const headers: Record<string, string> = {}
  if (status === 405) headers.Allow = 'POST'
  if (status === 503 || status === 429) headers['Retry-After'] = '10'
  if (!request.complete) headers.Connection = 'close'
  return { status, body: sentenceOf(error), headers }
}

function drain(request: IncomingMessage): void {
  if (request.complete) return
  request.resume()
  setTimeout(() => request.destroy(), DRAIN_MILLISECONDS).unref()
}

/** One call: the verb, the login, the method, its parameters, in this order. */
async function post(store: Store, request: Request): Promise<Reply> {
  if (request.method !== 'POST') {
    return {
      status: 405,
      body: `${request.method} is not possible here; use POST.`,
      headers: { Allow: 'POST' },
    }
  }
  const started = performance.now()
  const peer = request.socket.remoteAddress ?? ''
  const name = request.params.method
  try {
    const form = await readForm(request)
    const user = await userOf(store, form, methods.get(name), peer)
    const method = methods.get(name)
    if (!method)
      throw new Failure('not_found', `There is no method ${shown(name)}; POST to /api/help/ for a list.`)
    const { params, ignored } = known(method, form)
    const now = new Date().toISOString()
    const actor = { kind: 'user', user: user.id } as const
    const [done] = await call(store, [{ method: name, params }], { actor, door: 'http', now })
    events.called('http', name, user.username, Math.round(performance.now() - started), ignored)
    return { status: 200, body: done!.gives, headers: ignoredHeader(ignored) }
  } catch (error) {
    if (!request.errored) logThrown('http', methods.has(name) ? name : '(unknown)', error, peer)
    throw error
  }
}

/** The login's names in a body. `username` serves too, as the spec's sample has it, in methods without one of their own. */
function loginOf(
  { params }: Form,
  method: Method | undefined,
): { user: string; key: string; password: string } {
  const key = params.user === undefined && !method?.params.username ? 'username' : 'user'
  return { user: params[key] ?? '', key, password: params.password ?? '' }
}

async function userOf(store: Store, form: Form, method: Method | undefined, peer: string) {
  const { user, key, password } = loginOf(form, method)
  refuseRepeats(form, [key, 'password'])
  return login(store, user, password, 'http', peer)
}

function refuseRepeats({ repeated }: Form, keys?: readonly string[]): void {
  const twice = repeated.find(key => keys?.includes(key) ?? true)
  if (twice !== undefined)
    throw new Failure('invalid', `${shown(twice)} is given more than once; give it once.`)
}

/** The parameters that the method has, and the names of the others. */
function known(method: Method, form: Form): { params: Record<string, string>; ignored: string[] } {
  refuseRepeats(form)
  const { key } = loginOf(form, method)
  const given = Object.entries(form.params).filter(([name]) => name !== key && name !== 'password')
  const has = ([name]: [string, string]) => Object.hasOwn(method.params, name)
  return {
    params: Object.fromEntries(given.filter(has)),
    ignored: given.filter(pair => !has(pair)).map(([name]) => name),
  }
}

function ignoredHeader(ignored: readonly string[]): Record<string, string> {
  if (ignored.length === 0) return {}
  return { 'X-Ignored-Parameters': ignored.map(encodeURIComponent).join(', ').slice(0, LONGEST_IGNORED) }
}
