import { request } from 'node:http'
import { connect } from 'node:net'
import type { Test } from 'tap'
import { LINGER_MILLISECONDS } from '../daemon/http/server/timeouts.ts'
import { SUSAN } from './house.ts'

/** The login of susan as a form. */
export const LOGIN = `user=susan&password=${encodeURIComponent(SUSAN.password)}`
const FORM = { 'Content-Type': 'application/x-www-form-urlencoded' }

/** Until the test ends, an answered client that still sends may pause so long, not for seconds. */
export function lingerFor(t: Test, linger: number): void {
  const { setTimeout } = globalThis
  t.intercept(globalThis, 'setTimeout', {
    value: (run: () => void, milliseconds: number) =>
      setTimeout(run, milliseconds === LINGER_MILLISECONDS ? linger : milliseconds),
  })
}

/** Makes one request, with the path unchanged, from a local address. */
export function ask(
  port: number,
  method: string,
  path: string,
  body: string | Uint8Array = '',
  headers: Record<string, string> = FORM,
  localAddress = '127.0.0.1',
) {
  return new Promise<{ status: number; body: string; headers: Record<string, unknown> }>(
    (resolve, reject) => {
      const options = { port, host: '127.0.0.1', method, path, headers, localAddress }
      const sent = request(options, async response => {
        const chunks: Buffer[] = []
        for await (const chunk of response) chunks.push(chunk)
        const text = Buffer.concat(chunks).toString()
        resolve({ status: response.statusCode!, body: text, headers: response.headers })
      })
      sent.on('error', reject).end(body)
    },
  )
}

export interface RawReply {
  readonly status: number
  /** By name in lower case. */
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}
export interface RawOptions {
  /** Closes the connection as soon as this has been received. */
  readonly enough?: RegExp
  /** Closes our side after the bytes. */
  readonly fin?: true
  /** The local address to connect from. */
  readonly from?: string
}

/** Sends bytes unchanged; gives everything received until the connection is closed. */
export function exchange(
  where: number | { readonly path: string },
  bytes: string | Uint8Array,
  { enough, fin, from = '127.0.0.1' }: RawOptions = {},
): Promise<string> {
  return new Promise(resolve => {
    let received = ''
    const socket = connect(
      typeof where === 'number' ? { port: where, host: '127.0.0.1', localAddress: from } : where,
    )
    socket.setEncoding('latin1')
    socket.on('data', text => {
      received += text
      if (enough?.test(received)) socket.destroy()
    })
    socket.on('error', () => {})
    socket.on('close', () => resolve(received))
    socket.write(typeof bytes === 'string' ? Buffer.from(bytes, 'latin1') : bytes)
    if (fin) socket.end()
  })
}

/** Splits what was received into its replies. */
export function repliesIn(received: string): RawReply[] {
  const replies: RawReply[] = []
  let rest = received
  while (rest !== '') {
    const end = rest.indexOf('\r\n\r\n')
    if (end < 0) throw new Error(`half a reply: ${rest}`)
    const [first = '', ...lines] = rest.slice(0, end).split('\r\n')
    const headers = Object.fromEntries(
      lines.map(line => [
        line.slice(0, line.indexOf(':')).toLowerCase(),
        line.slice(line.indexOf(':') + 1).trim(),
      ]),
    )
    const status = Number(/^HTTP\/1\.1 ([0-9]{3}) /.exec(first)?.[1])
    const length = Number(headers['content-length'] ?? 0)
    replies.push({ status, headers, body: rest.slice(end + 4, end + 4 + length) })
    rest = rest.slice(end + 4 + length)
  }
  return replies
}

/** A POST as bytes. */
export function postBytes(path: string, body: string, headers: readonly string[] = []): string {
  return [
    `POST ${path} HTTP/1.1`,
    'Host: helpdesk.example',
    'Content-Type: application/x-www-form-urlencoded',
    `Content-Length: ${Buffer.byteLength(body, 'latin1')}`,
    ...headers,
    '',
    body,
  ].join('\r\n')
}
