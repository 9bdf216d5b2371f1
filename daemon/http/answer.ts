import type { ServerResponse } from 'node:http'
import type { Gives } from '../../handlers/method.ts'

export interface Reply {
  readonly status: number
  readonly body: Gives
  readonly headers?: Readonly<Record<string, string>>
}

/** How long a client may go on sending after it was answered, so that it gets to read the answer. */
const LINGER_MILLISECONDS = 5000

/** Sends a reply: an object as text/json in ASCII, as old clients know it, all else as plain text. No line feed behind it. */
export function answer(response: ServerResponse, { status, body, headers = {} }: Reply): void {
  const json = typeof body === 'object'
  // Not as bytes: Node sends a text in one piece with the headers.
  const text = json ? asciiJson(body) : String(body)
  const unread = !response.req.complete
  response.writeHead(status, {
    'Content-Type': json ? 'text/json' : 'text/plain; charset=utf-8',
    'Content-Length': Buffer.byteLength(text),
    'Cache-Control': 'no-store',
    'X-Content-Type-Options': 'nosniff',
    ...headers,
    ...(unread ? { Connection: 'close' } : {}),
  })
  if (!unread) response.end(text)
  else linger(response, text)
}

/**
 * Answers while the body is still coming, and closes only behind it: to close a connection with bytes unread resets it, and the
 * client loses the answer (RFC 9112, 9.6).
 */
function linger(response: ServerResponse, text: string): void {
  response.write(text)
  const end = () => response.end()
  const timer = setTimeout(end, LINGER_MILLISECONDS).unref()
  response.once('close', () => clearTimeout(timer))
  response.req.once('end', end).resume()
}

function asciiJson(value: object): string {
  return JSON.stringify(value).replace(
    /[\u0080-\uffff]/g,
    unit => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )
}
