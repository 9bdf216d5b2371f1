// One thing: how a reply is sent, as a text or as a file, and when a client that does not read it is given up.
import type { ServerResponse } from 'node:http'
import type { Readable } from 'node:stream'
import { pipeline } from 'node:stream'
import type { Attachment } from '../../data/tables.ts'
import type { Gives } from '../../handlers/method.ts'
import type { Events } from '../log/events.ts'
import { ipOf } from '../net/ip.ts'
import { REQUEST_ID } from './request_id.ts'
import { LINGER_MILLISECONDS, LONGEST_LINGER_MILLISECONDS, patienceFor } from './server/timeouts.ts'

/** A file as the body of a response. */
export interface Sent extends Attachment {
  readonly stream: Readable
}
export interface Reply {
  readonly status: number
  readonly body: Gives | Sent
  readonly headers?: Readonly<Record<string, string>>
}

/** A result as application/json. */
export function jsonReply(result: object): Reply {
  return { status: 200, body: JSON.stringify(result), headers: { 'Content-Type': 'application/json' } }
}

/** The reply with more headers. */
export function withHeaders(reply: Reply, headers: Readonly<Record<string, string>>): Reply {
  return { ...reply, headers: { ...reply.headers, ...headers } }
}

/**
 * Sends a reply: a file as its bytes, an object as text/json in ASCII, as the API of 2008 has it, anything else as plain text. There is no
 * line feed at the end. The header X-Request-Id has the id of the request.
 */
export function answer(
  response: ServerResponse,
  { status, body, headers }: Reply,
  request: string,
  events: Events,
): void {
  const fields = {
    'Cache-Control': 'no-store',
    'X-Content-Type-Options': 'nosniff',
    [REQUEST_ID]: request,
    ...headers,
  }
  if (isSent(body)) sendFile(response, body, fields, events)
  else sendText(response, status, body, fields, events)
}

type Fields = Readonly<Record<string, string>>

function sendText(
  response: ServerResponse,
  status: number,
  body: Gives,
  fields: Fields,
  events: Events,
): void {
  const json = typeof body === 'object'
  // A string, not a Buffer: Node sends it in one piece with the headers.
  const text = json ? asciiJson(body) : String(body)
  const unread = !response.req.complete
  response.writeHead(status, {
    'Content-Type': json ? 'text/json' : 'text/plain; charset=utf-8',
    'Content-Length': Buffer.byteLength(text),
    ...fields,
    ...(unread ? { Connection: 'close' } : {}),
  })
  if (!unread) giveUpUnread(response.end(text), text.length, events)
  else linger(response, text, events)
}

/** Whether a body is a file. */
export function isSent(body: Reply['body']): body is Sent {
  return typeof body === 'object' && 'stream' in body
}

/** Sends a file so that a browser only saves it, since its type is known from the uploader only. */
function sendFile(
  response: ServerResponse,
  { stream, filename, size }: Sent,
  fields: Fields,
  events: Events,
): void {
  const { socket } = response.req
  // A queued response gets no event when its connection is lost, so the file is closed here.
  const close = () => stream.destroy()
  if (socket.destroyed) {
    close()
    return
  }
  socket.once('close', close)
  response.writeHead(200, {
    'Content-Type': 'application/octet-stream',
    'Content-Length': size,
    'Content-Disposition': dispositionOf(filename),
    'Content-Security-Policy': "default-src 'none'; sandbox",
    ...fields,
  })
  pipeline(stream, exactly(size), response, error => {
    socket.off('close', close)
    // A file that cannot be read to its end must not look complete.
    if (error) response.destroy()
  })
  giveUpUnread(response, size, events)
}

/** Passes on exactly `size` bytes. Throws if there are more or fewer, since the client would misread the next response on the connection. */
function exactly(size: number): (source: AsyncIterable<Buffer>) => AsyncIterable<Buffer> {
  return async function* (source) {
    let left = size
    for await (const chunk of source) {
      left -= chunk.length
      if (left < 0) break
      yield chunk
    }
    if (left !== 0) throw new Error('the size of the file differs from its record')
  }
}

/** The file name in ASCII for old clients, and in UTF-8 for others (RFC 6266, RFC 8187). */
function dispositionOf(filename: string): string {
  const ascii = filename.replace(/[^\x20-\x7e]|["\\%]/g, '_')
  const encoded = encodeURIComponent(filename).replace(/['()*]/g, hexOf)
  return `attachment; filename="${ascii}"; filename*=UTF-8''${encoded}`
}

function hexOf(character: string): string {
  return `%${character.charCodeAt(0).toString(16).toUpperCase()}`
}

/**
 * Answers while the body still arrives, and closes the connection after that: closing with unread bytes resets it, and the client loses
 * the response (RFC 9112, 9.6).
 */
function linger(response: ServerResponse, text: string, events: Events): void {
  response.write(text)
  const last = () => giveUpUnread(response.end(), text.length, events)
  const quiet = setTimeout(last, LINGER_MILLISECONDS).unref()
  const long = setTimeout(last, LONGEST_LINGER_MILLISECONDS).unref()
  response.once('close', () => {
    clearTimeout(quiet)
    clearTimeout(long)
  })
  response.req
    .on('data', () => quiet.refresh())
    .once('end', last)
    .resume()
}

/** Gives up a response that the client does not read; it would hold memory and connection forever. Done if the system took it at once. */
function giveUpUnread(response: ServerResponse, size: number, events: Events): void {
  const { socket } = response.req
  // Not writableFinished, which Node 24 sets later.
  const isTaken = response.writableEnded && response.writableLength === 0
  if (isTaken || socket.destroyed) return
  const giveUp = () => {
    const peer = ipOf(socket.remoteAddress ?? '') ?? ''
    events.connectionRefused('unread', peer, 'The client did not read the response in time.')
    socket.destroy()
  }
  const timer = setTimeout(giveUp, patienceFor(size)).unref()
  response.once('close', () => clearTimeout(timer))
}

function asciiJson(value: object): string {
  return JSON.stringify(value).replace(
    /[\u0080-\uffff]/g,
    unit => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )
}
