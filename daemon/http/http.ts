import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Server as SecureServer } from 'node:https'
import type { Socket } from 'node:net'
import polka from 'polka'
import { Failure } from '../../data/failure.ts'
import { certificateOf } from '../certificate.ts'
import { meaningOf, sentenceOf } from '../codes.ts'
import { inRanges } from '../ip.ts'
import { listening, type Opened, openEach } from '../listening.ts'
import { newTurns } from '../turns.ts'
import { answer, type Reply } from './answer.ts'
import { connectionLimit } from './connections.ts'
import { authorization } from './credentials.ts'
import { documents } from './documents.ts'
import { refuseGarbage, refuseTunnel } from './garbage.ts'
import { cameByUnix, peerOf } from './peer.ts'
import { type PostRequest, type PostSite, post } from './post.ts'
import { isFromHere, scrape } from './scrape.ts'
import { closeServer, plainServer, renew, secureServer } from './server.ts'
import { siteOf } from './site.ts'

/** What the POST door works with. */
export interface HttpSite extends PostSite {
  /** Whether the whole daemon is. */
  ready(): boolean
  /** What `GET /metrics` tells. */
  metrics(): Promise<string>
}

export interface HttpDoor extends Opened {
  /** Reads the certificate anew. Throws Failure `invalid`, and goes on with the old one, when it is none. */
  reload(): void
}

/**
 * Opens the POST door. Throws Failure `invalid` for a certificate that is none, and what the system says of an address that cannot
 * be listened at.
 */
export async function openHttp(site: HttpSite): Promise<HttpDoor> {
  const { config } = site
  let isOpen = true
  const isProxy = inRanges(config['http.proxies'])
  let port = 0
  const handler = routes(site, isProxy, { isOpen: () => isOpen, port: () => port })
  const limit = connectionLimit(isProxy)
  const tls = certificateOf(config, 'http')
  const secure: SecureServer[] = []
  const opened = await openEach(config['http.listen'], async where => {
    const server = tls && 'port' in where ? secureServer(tls) : plainServer()
    if ('setSecureContext' in server) secure.push(server)
    if ('path' in where) server.on('connection', cameByUnix)
    server.on('connection', limit)
    server.on('request', handler)
    // Whatever else a client expects, it gets the answer as ever (RFC 9110, 10.1.1).
    server.on('checkExpectation', handler)
    server.on('clientError', refuseGarbage)
    server.on('connect', refuseTunnel)
    await listening(server, where)
    return { server, close: () => closeServer(server) }
  })
  port = opened.port
  return {
    ...opened,
    reload: () => {
      const renewed = certificateOf(config, 'http')
      if (renewed) for (const server of secure) renew(server, renewed)
    },
    close: () => {
      isOpen = false
      return opened.close()
    },
  }
}

type Handler = (request: IncomingMessage, response: ServerResponse) => void

/** What is not known before the door is open, and changes when it closes. */
interface Opening {
  isOpen(): boolean
  port(): number
}

function routes(site: HttpSite, isProxy: (address: string) => boolean, { isOpen, port }: Opening): Handler {
  const { config, login, ready, metrics } = site
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
    replying(request => post(site, request as PostRequest, peerOf(request, isProxy))),
  )
  for (const [path, document] of documents(() => siteOf(config, port())))
    app.get(path, replying(document)).head(path, replying(document))
  const health = replying(async () => (ready() ? healthy : starting))
  app.get('/healthz', health).head('/healthz', health)
  const mayScrape = async (request: IncomingMessage) => {
    const { authorization: shown } = request.headers
    if (isFromHere(request) || shown === undefined) return isFromHere(request)
    await login(authorization(shown), 'http', peerOf(request, isProxy))
    return true
  }
  const figures = replying(request => scrape(request, mayScrape, metrics))
  app.get('/metrics', figures).head('/metrics', figures)
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

/** So many requests of one connection may wait for those before them; who sends more without reading answers means no good. */
const MOST_WAITING = 64

/** What a client sends without waiting for answers is done one after the other (RFC 9112, 9.3.2). */
const inTurn = newTurns<Socket>(MOST_WAITING, socket => {
  socket.destroy()
  throw new Failure('unavailable', 'Too many requests came at once; wait for the answers.')
})

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
