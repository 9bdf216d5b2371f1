import type { ServerResponse } from 'node:http'
import type { Gives } from '../../handlers/method.ts'

export interface Reply {
  readonly status: number
  readonly body: Gives
  readonly headers?: Readonly<Record<string, string>>
}

/** How long a client may go on sending after it was answered, so that it gets to read the answer. */
const LINGER_MILLISECONDS = 5000
/** How long a client may take to read an answer, and how many bytes of it give him a second more. */
const PATIENCE_MILLISECONDS = 30_000
const SLOWEST_BYTES_A_SECOND = 8 * 1024

/** Sends a reply: an object as text/json in ASCII, as old clients know it, all else as plain text. No line feed behind it. */
export function answer(response: ServerResponse, { status, body, headers = {} }: Reply): void {
  const json = typeof body === 'object'
  const bytes = Buffer.from(json ? asciiJson(body) : String(body))
  const unread = !response.req.complete
  response.writeHead(status, {
    'Content-Type': json ? 'text/json' : 'text/plain; charset=utf-8',
    'Content-Length': bytes.length,
    'Cache-Control': 'no-store',
    'X-Content-Type-Options': 'nosniff',
    ...headers,
    ...(unread ? { Connection: 'close' } : {}),
  })
  if (!unread) giveUpUnread(response.end(bytes), bytes.length)
  else linger(response, bytes)
}

/**
 * Answers while the body is still coming, and closes only behind it: to close a connection with bytes unread resets it, and the
 * client loses the answer (RFC 9112, 9.6).
 */
function linger(response: ServerResponse, bytes: Buffer): void {
  response.write(bytes)
  const last = () => giveUpUnread(response.end(), bytes.length)
  const timer = setTimeout(last, LINGER_MILLISECONDS).unref()
  response.once('close', () => clearTimeout(timer))
  response.req.once('end', last).resume()
}

/** An answer that nobody takes would keep its memory and its connection for good. One that the system has taken at once is done. */
function giveUpUnread(response: ServerResponse, size: number): void {
  const { socket } = response.req
  if (response.writableFinished || socket.destroyed) return
  const patience = PATIENCE_MILLISECONDS + (size / SLOWEST_BYTES_A_SECOND) * 1000
  const timer = setTimeout(() => socket.destroy(), patience).unref()
  response.once('close', () => clearTimeout(timer))
}

function asciiJson(value: object): string {
  return JSON.stringify(value).replace(
    /[\u0080-\uffff]/g,
    unit => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )
}
