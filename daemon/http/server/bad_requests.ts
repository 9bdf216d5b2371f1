import { type ServerResponse, STATUS_CODES } from 'node:http'
import type { Duplex } from 'node:stream'
import { type Code, Failure } from '../../../data/failure.ts'
import { events } from '../../log/events.ts'
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
  sentence: 'This is not HTTP as it should be; send it again, well-formed.',
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
    sentence: 'The headers are too long; send at most 16 KB of them.',
  },
}
const noTunnel: Refusal = {
  status: 405,
  code: 'invalid',
  sentence: 'CONNECT is not possible here; use POST.',
  headers: ['Allow: POST'],
}

/** The answers that are not out yet, by their connection: what is said there besides must not overtake them. */
const pending = new WeakMap<Duplex, Set<ServerResponse>>()

export function beginsToAnswer(response: ServerResponse): void {
  const { socket } = response.req
  const others = pending.get(socket) ?? new Set()
  pending.set(socket, others.add(response))
  response.once('close', () => others.delete(response))
}

/** Answers what never became a request: bytes that are no HTTP, or that came too slowly. */
export function refuseGarbage(error: NodeJS.ErrnoException, socket: Duplex, asked: Asked): void {
  behindAnswers(socket, () => refuse(socket, refusals[error.code ?? ''] ?? garbage, asked))
}

/** Answers CONNECT, which Node keeps apart from the other verbs. */
export function refuseTunnel(socket: Duplex, asked: Asked): void {
  behindAnswers(socket, () => refuse(socket, noTunnel, asked))
}

const refused = new WeakSet<Duplex>()

/** Behind the answers to all that came whole; what did not is what is refused here, and gets no other answer. */
function behindAnswers(socket: Duplex, work: () => void): void {
  // Each piece of garbage is told of; one refusal is enough.
  if (refused.has(socket)) return
  refused.add(socket)
  // Whoever is gone already is no error, and nobody else listens for one here.
  socket.on('error', () => {})
  const last = [...(pending.get(socket) ?? [])].findLast(({ req }) => req.complete)
  if (last) last.once('close', work)
  else work()
}

/** Says it and ends the connection, but not before the client had time to read it. */
function refuse(socket: Duplex, { status, code, sentence, headers = [] }: Refusal, asked: Asked): void {
  // A client that has gone away is not refused.
  if (!socket.writable) {
    socket.destroy()
    return
  }
  events.refused('http', '(unknown)', new Failure(code, sentence), { ...asked, status })
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
