import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import polka from 'polka'
import type { Store } from '../../data/store.ts'
import { meaningOf, sentenceOf } from '../codes.ts'
import type { Listen } from '../config.ts'
import { answer, type Reply } from './answer.ts'
import { type PostRequest, post } from './post.ts'

const SECOND = 1000
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
    caught(async request => post(store, request as PostRequest)),
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
  if (status === 503 || status === 429) headers['Retry-After'] = '10'
  if (!request.complete) headers.Connection = 'close'
  return { status, body: sentenceOf(error), headers }
}

function drain(request: IncomingMessage): void {
  if (request.complete) return
  request.resume()
  setTimeout(() => request.destroy(), DRAIN_MILLISECONDS).unref()
}
