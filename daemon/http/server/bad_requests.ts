import { type ServerResponse, STATUS_CODES } from 'node:http'
import type { Duplex } from 'node:stream'
import { type Code, Failure } from '../../../data/failure.ts'
import type { Events } from '../../log/events.ts'
import { type Asked, REQUEST_ID } from '../request_id.ts'
import { LINGER_MILLISECONDS } from './timeouts.ts'

interface Refusal {
  readonly status: number
  readonly code: Code
  readonly sentence: string
  readonly headers?: readonly string[]
}
const garbage: Refusal = {
  status: 400,
  code: 'invalid',
  sentence: 'Malformed HTTP request; correct it and send it again.',
}
const refusals: Readonly<Record<string, Refusal>> = {
  ERR_HTTP_REQUEST_TIMEOUT: {
    status: 408,
    code: 'too_slow',
    sentence: 'The request took too long; send it again, faster.',
  },
  HPE_HEADER_OVERFLOW: {
    status: 431,
    code: 'too_large',
    sentence: 'The headers are too large; send at most 16 KB in all.',
  },
}
const noTunnel: Refusal = {
  status: 405,
  code: 'invalid',
  sentence: 'CONNECT is not allowed here; use POST.',
  headers: ['Allow: POST'],
}

/** Answers what never becomes a request, in order with the other responses of its connection. */
export class BadRequests {
  readonly #events: Events
  /** The unfinished responses of each connection, which a refusal must not overtake. */
  readonly #pending = new WeakMap<Duplex, Set<ServerResponse>>()
  readonly #refused = new WeakSet<Duplex>()

  constructor(events: Events) {
    this.#events = events
  }

  beginsToAnswer(response: ServerResponse): void {
    const { socket } = response.req
    const others = this.#pending.get(socket) ?? new Set()
    this.#pending.set(socket, others.add(response))
    response.once('close', () => others.delete(response))
  }

  /** Answers bytes that are not HTTP, or that arrived too slowly. */
  refuseGarbage(error: NodeJS.ErrnoException, socket: Duplex, asked: Asked): void {
    this.#refuseInTurn(socket, refusals[error.code ?? ''] ?? garbage, asked)
  }

  /** Answers CONNECT, which Node handles separately from the other verbs. */
  refuseTunnel(socket: Duplex, asked: Asked): void {
    this.#refuseInTurn(socket, noTunnel, asked)
  }

  /** Refuses after the responses to all complete requests. An incomplete request is what is refused here, so it gets no other response. */
  #refuseInTurn(socket: Duplex, refusal: Refusal, asked: Asked): void {
    // Node reports each malformed piece; one refusal is enough.
    if (this.#refused.has(socket)) return
    this.#refused.add(socket)
    // A client that is gone is not an error, and without a listener the event would end the process.
    socket.on('error', () => {})
    const last = [...(this.#pending.get(socket) ?? [])].findLast(({ req }) => req.complete)
    if (last) last.once('close', () => this.#refuse(socket, refusal, asked))
    else this.#refuse(socket, refusal, asked)
  }

  #refuse(socket: Duplex, refusal: Refusal, asked: Asked): void {
    // A client that has gone away is not refused.
    if (!socket.writable) {
      socket.destroy()
      return
    }
    const { status, code, sentence } = refusal
    this.#events.refused('http', '(unknown)', new Failure(code, sentence), { ...asked, status })
    end(socket, refusal, asked)
  }
}

/** Sends a refusal and closes the connection, with time for the client to read it. */
function end(socket: Duplex, { status, sentence, headers = [] }: Refusal, asked: Asked): void {
  socket.end(
    [
      `HTTP/1.1 ${status} ${STATUS_CODES[status]}`,
      'Content-Type: text/plain; charset=utf-8',
      'Cache-Control: no-store',
      'X-Content-Type-Options: nosniff',
      `Content-Length: ${sentence.length}`,
      `${REQUEST_ID}: ${asked.request}`,
      ...headers,
      'Connection: close',
      '',
      sentence,
    ].join('\r\n'),
  )
  const timer = setTimeout(() => socket.destroy(), LINGER_MILLISECONDS).unref()
  socket.once('close', () => clearTimeout(timer)).resume()
}
