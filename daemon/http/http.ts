import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import polka from 'polka'
import { Failure } from '../../data/failure.ts'
import { meaningOf, sentenceOf } from '../codes.ts'
import { listening } from '../listening.ts'
import { answer, type Reply } from './answer.ts'
import { documents } from './documents.ts'
import { refuseGarbage, refuseTunnel } from './garbage.ts'
import { type PostRequest, type PostSite, post } from './post.ts'
import { siteOf } from './site.ts'

const SECOND = 1000
/** How long what is under way may take when the door closes. */
const GRACE_MILLISECONDS = 10 * SECOND

export interface HttpDoor {
  readonly port: number
  close(): Promise<void>
}

/** Opens the POST door. `ready` says whether the whole daemon is. */
export async function openHttp(site: PostSite, ready: () => boolean): Promise<HttpDoor> {
  const server = createServer({
    headersTimeout: 10 * SECOND,
    // Bodies have a pace to keep instead.
    requestTimeout: 0,
    keepAliveTimeout: 5 * SECOND,
    connectionsCheckingInterval: SECOND,
    // Refused below, with a sentence.
    requireHostHeader: false,
  })
  server.maxConnections = 256
  server.maxHeadersCount = 64
  const replying = (handle: (request: IncomingMessage) => Promise<Reply>) => {
    return async (request: IncomingMessage, response: ServerResponse) => {
      const work = hasHost(request) ? () => handle(request) : async () => hostless
      const reply = await inTurn(request.socket, work).catch(refusal)
      answer(response, server.listening ? reply : lastOf(reply))
    }
  }
  const app = polka({ server, onNoMatch: replying(async () => nothingHere) })
  app.all(
    '/api/:method',
    replying(request => post(site, request as PostRequest, request.socket.remoteAddress ?? '')),
  )
  const port = () => (server.address() as AddressInfo).port
  for (const [path, document] of documents(() => siteOf(site.config, port())))
    app.get(path, replying(document)).head(path, replying(document))
  const health = replying(async () => (ready() ? healthy : starting))
  app.get('/healthz', health).head('/healthz', health)
  server.on('request', app.handler as never)
  // Whatever else a client expects, it gets the answer as ever (RFC 9110, 10.1.1).
  server.on('checkExpectation', app.handler as never)
  server.on('clientError', refuseGarbage)
  server.on('connect', refuseTunnel)
  await listening(server, site.config['http.listen'])
  return { port: port(), close: () => close(server) }
}

const healthy: Reply = { status: 200, body: 'ok' }
const starting: Reply = { status: 503, body: 'starting' }
const nothingHere: Reply = {
  status: 404,
  body: 'There is nothing here; POST to /api/METHOD/, where METHOD is one that /api/help/ names.',
}

const hostless: Reply = { status: 400, body: 'The Host header is missing; send one.' }

/** RFC 9112, 3.2. */
function hasHost({ httpVersion, headers }: IncomingMessage): boolean {
  return httpVersion !== '1.1' || headers.host !== undefined
}

const turns = new WeakMap<Socket, Promise<unknown>>()

/** What a client sends without waiting for answers is done one after the other (RFC 9112, 9.3.2). */
function inTurn(socket: Socket, work: () => Promise<Reply>): Promise<Reply> {
  const before = turns.get(socket) ?? Promise.resolve()
  const done = before.then(work, work)
  turns.set(socket, done)
  return done
}

function refusal(error: unknown): Reply {
  const status = meaningOf(error).http
  const seconds = error instanceof Failure ? error.retryAfter : undefined
  const later = status === 503 || status === 429
  return { status, body: sentenceOf(error), headers: later ? { 'Retry-After': String(seconds ?? 10) } : {} }
}

/** A reply that ends its connection, which would hold up the daemon's end otherwise. */
function lastOf(reply: Reply): Reply {
  return { ...reply, headers: { ...reply.headers, Connection: 'close' } }
}

/** Answers what came whole, and cuts off who is still sending after a while: Node's own timeouts end with `close`. */
function close(server: Server): Promise<void> {
  const timer = setTimeout(() => server.closeAllConnections(), GRACE_MILLISECONDS)
  return new Promise(resolve => {
    server.close(() => {
      clearTimeout(timer)
      resolve()
    })
    server.closeIdleConnections()
  })
}
