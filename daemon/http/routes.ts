import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import polka from 'polka'
import { Failure } from '../../data/failure.ts'
import { newTurns } from '../auth/keyed_queue.ts'
import type { Events } from '../log/events.ts'
import { answer, isSent, type Reply, withHeaders } from './answer.ts'
import { Bodies } from './body/read_body.ts'
import { authorization } from './credentials.ts'
import { documentsByPath } from './docs/documents.ts'
import { siteOf } from './docs/site.ts'
import { isFromHere, refuseLimited, scrape } from './metrics_endpoint.ts'
import { type PostRequest, type PostSite, post } from './post.ts'
import { refusal } from './refusal.ts'
import type { Asked } from './request_id.ts'
import type { BadRequests } from './server/bad_requests.ts'
import type { ClientAddresses } from './server/client_address.ts'
import { checkFields } from './single_fields.ts'
import { type StatusPart, statusReply } from './status/status_endpoint.ts'

/** What the HTTP door needs. */
export interface HttpSite extends Omit<PostSite, 'bodies'>, StatusPart {
  /** Whether the whole daemon is ready. */
  ready(): boolean
  /** What runs short: sentences for an administrator. */
  health(): Promise<readonly string[]>
  /** The text of `GET /metrics`. */
  metrics(): Promise<string>
}

type Handler = (request: IncomingMessage, response: ServerResponse) => void

/** What the routes share with the connections of the door. */
export interface DoorParts {
  /** Aborted when the door closes. */
  readonly closing: AbortSignal
  readonly addresses: ClientAddresses
  readonly badRequests: BadRequests
  newRequestId(): string
}

/** Gives the handler for all requests of the door. */
export function routes(
  site: HttpSite,
  { closing, addresses, badRequests, newRequestId }: DoorParts,
): Handler {
  const { config, login, ready, metrics, events } = site
  const calls = { ...site, bodies: new Bodies() }
  // Pipelined requests of a connection are handled one after the other (RFC 9112, 9.3.2).
  const inTurn = newTurns<Socket>(MOST_WAITING, refuseMore)
  const replying = (handle: (request: IncomingMessage, asked: Asked) => Promise<Reply>) => {
    const replyTo = async (request: IncomingMessage, asked: Asked) => {
      try {
        checkFields(request)
        return await handle(request, asked)
      } catch (error) {
        return thrown(events, error, request, asked)
      }
    }
    return async (request: IncomingMessage, response: ServerResponse) => {
      const asked = { request: newRequestId(), peer: addresses.of(request) }
      badRequests.beginsToAnswer(response)
      try {
        await inTurn(request.socket, async () => {
          const reply = await replyTo(request, asked)
          answer(response, closing.aborted ? lastOf(reply) : reply, asked.request, events)
          // The next file is opened only after this one is sent.
          if (isSent(reply.body)) await closed(response)
        })
      } catch (error) {
        // Nothing else would catch it, and the error of one response must not end the daemon.
        events.thrown('http', '(unknown)', error, asked)
        request.socket.destroy()
      }
    }
  }
  const app = polka({ onNoMatch: replying(nothingHere) })
  app.all(
    '/api/:method',
    replying((request, asked) => post(calls, request as PostRequest, asked)),
  )
  for (const [path, document] of documentsByPath()) {
    const told = replying(async request => document(siteOf(config, request.socket.localPort)))
    app.get(path, told).head(path, told)
  }
  const health = replying(async () => (ready() ? healthOf(await site.health()) : starting))
  app.get('/healthz', health).head('/healthz', health)
  const mayScrape = async (request: IncomingMessage, peer: string) => {
    const { authorization: shown } = request.headers
    if (isFromHere(request) || shown === undefined) return isFromHere(request)
    refuseLimited(await login(authorization(shown), 'http', peer))
    return true
  }
  const figures = replying((request, { peer }) => scrape(request, asking => mayScrape(asking, peer), metrics))
  app.get('/metrics', figures).head('/metrics', figures)
  const shown = replying((request, asked) => statusReply(site, request, asked))
  app.get('/status', shown).head('/status', shown)
  const handler = app.handler as unknown as Handler
  return (request, response) => {
    request.url = request.url!.replace(/^https?:\/\/[^/?]*(?=\/)/i, '')
    handler(request, response)
  }
}

/** Logs and answers an error outside a call; calls log their own errors. */
function thrown(events: Events, error: unknown, request: IncomingMessage, asked: Asked): Reply {
  events.thrown('http', '(unknown)', error, asked)
  return refusal(error, request, asked)
}

function closed(response: ServerResponse): Promise<void> {
  const { socket } = response.req
  return new Promise(resolve => {
    if (response.closed || socket.destroyed) return resolve()
    const done = () => {
      socket.off('close', done)
      resolve()
    }
    response.once('close', done)
    socket.once('close', done)
  })
}

/** Degraded is still 200: the daemon serves, and a restart would not free room. */
function healthOf(shortages: readonly string[]): Reply {
  return { status: 200, body: shortages.length ? `degraded: ${shortages.join(' ')}` : 'ok' }
}

const starting: Reply = { status: 503, body: 'starting', headers: { 'Retry-After': '1' } }
async function nothingHere(): Promise<never> {
  throw new Failure(
    'not_found',
    'There is nothing at this path; POST to /api/METHOD/, where METHOD is one of those that /api/help/ lists.',
  )
}

/** How many requests of one connection may wait; a client that sends more without reading responses is hostile. */
const MOST_WAITING = 64

function refuseMore(): never {
  throw new Failure('unavailable', 'Too many requests were sent at once; wait for the responses.')
}

/** The reply with `Connection: close`, so that the connection does not delay the stop of the daemon. */
function lastOf(reply: Reply): Reply {
  return withHeaders(reply, { Connection: 'close' })
}
