import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { createServer as createSecureServer, type Server as SecureServer } from 'node:https'
import type { Socket } from 'node:net'
import polka from 'polka'
import type { Store } from '../../data/store.ts'
import { type Certificate, certificateOf } from '../certificate.ts'
import { meaningOf, sentenceOf } from '../codes.ts'
import type { Config } from '../config.ts'
import { inRanges } from '../ip.ts'
import { listening, type Opened, openEach } from '../listening.ts'
import { answer, type Reply } from './answer.ts'
import { refuseGarbage, refuseTunnel } from './garbage.ts'
import { cameByUnix, peerOf } from './peer.ts'
import { type PostRequest, post } from './post.ts'

const SECOND = 1000
/** How long what is under way may take when the door closes. */
const GRACE_MILLISECONDS = 10 * SECOND

const limits = {
  headersTimeout: 10 * SECOND,
  requestTimeout: 30 * SECOND,
  keepAliveTimeout: 5 * SECOND,
  connectionsCheckingInterval: SECOND,
  // Refused below, with a sentence.
  requireHostHeader: false,
} as const
const tlsLimits = { minVersion: 'TLSv1.2', handshakeTimeout: 10 * SECOND } as const
const MOST_HEADERS = 64

export interface HttpDoor extends Opened {
  /** Reads the certificate anew. Throws Failure `invalid`, and goes on with the old one, when it is none. */
  reload(): void
}

/**
 * Opens the POST door. `ready` says whether the whole daemon is. Throws Failure `invalid` for a certificate that is none, and what
 * the system says of an address that cannot be listened at.
 */
export async function openHttp(store: Store, config: Config, ready: () => boolean): Promise<HttpDoor> {
  let isOpen = true
  const handler = routes(store, config, ready, () => isOpen)
  const tls = certificateOf(config, 'http')
  const secure: SecureServer[] = []
  const opened = await openEach(config['http.listen'], async where => {
    const server = tls && 'port' in where ? secureServer(tls) : createServer(limits)
    if ('setSecureContext' in server) secure.push(server)
    server.maxConnections = 256
    server.maxHeadersCount = MOST_HEADERS
    if ('path' in where) server.on('connection', cameByUnix)
    server.on('request', handler)
    // Whatever else a client expects, it gets the answer as ever (RFC 9110, 10.1.1).
    server.on('checkExpectation', handler)
    server.on('clientError', refuseGarbage)
    server.on('connect', refuseTunnel)
    await listening(server, where)
    return { server, close: () => close(server) }
  })
  return {
    ...opened,
    reload: () => {
      const renewed = certificateOf(config, 'http')
      if (renewed) for (const server of secure) server.setSecureContext({ ...tlsLimits, ...renewed })
    },
    close: () => {
      isOpen = false
      return opened.close()
    },
  }
}

function secureServer(tls: Certificate): SecureServer {
  const server = createSecureServer({ ...limits, ...tlsLimits, ...tls })
  // What never became TLS cannot be told anything; the usual listener would try.
  return server.removeAllListeners('tlsClientError').on('tlsClientError', (_, socket) => socket.destroy())
}

type Handler = (request: IncomingMessage, response: ServerResponse) => void

function routes(store: Store, config: Config, ready: () => boolean, isOpen: () => boolean): Handler {
  const isProxy = inRanges(config['http.proxies'])
  const replying = (handle: (request: IncomingMessage) => Promise<Reply>) => {
    return async (request: IncomingMessage, response: ServerResponse) => {
      const work = hasHost(request) ? () => handle(request) : async () => hostless
      const reply = await inTurn(request.socket, work).catch(refusal)
      answer(response, isOpen() ? reply : lastOf(reply))
    }
  }
  const app = polka({ onNoMatch: replying(async () => nothingHere) })
  app.all(
    '/api/:method',
    replying(request => post(store, request as PostRequest, peerOf(request, isProxy))),
  )
  const health = replying(async () => (ready() ? healthy : starting))
  app.get('/healthz', health).head('/healthz', health)
  return app.handler as never
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
  const later = status === 503 || status === 429
  return { status, body: sentenceOf(error), headers: later ? { 'Retry-After': '10' } : {} }
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
