import type { ServerResponse } from 'node:http'
import type { Gives } from '../../handlers/method.ts'

export interface Reply {
  readonly status: number
  readonly body: Gives
  readonly headers?: Readonly<Record<string, string>>
}

/** Sends a reply: an object as text/json in ASCII, as old clients know it, all else as plain text. No line feed behind it. */
export function answer(response: ServerResponse, { status, body, headers = {} }: Reply): void {
  const json = typeof body === 'object'
  const bytes = Buffer.from(json ? asciiJson(body) : String(body))
  response.writeHead(status, {
    'Content-Type': json ? 'text/json' : 'text/plain; charset=utf-8',
    'Content-Length': bytes.length,
    'Cache-Control': 'no-store',
    'X-Content-Type-Options': 'nosniff',
    ...headers,
  })
  response.end(bytes)
}

function asciiJson(value: object): string {
  return JSON.stringify(value).replace(
    /[\u0080-\uffff]/g,
    unit => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )
}
