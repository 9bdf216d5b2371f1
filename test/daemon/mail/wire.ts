import { connect, type Socket } from 'node:net'
import { connect as tlsConnect } from 'node:tls'
import type { Test } from 'tap'
import { HELPDESK, SUSAN } from '../../house.ts'

/** A client that sends exact bytes. */
export interface Wire {
  readonly socket: Socket
  /** Sends a line and gives all lines of the reply, or `closed` if the connection ends. */
  say(line: string): Promise<string>
  write(bytes: string | Buffer): void
  reply(): Promise<string>
  close(): void
}

/** Connects, and waits for the greeting. */
export async function wire(
  where: number | { path: string } | { host: string; port: number; localAddress?: string },
): Promise<Wire> {
  const client = wireOn(connect(typeof where === 'number' ? { host: '127.0.0.1', port: where } : where))
  await client.reply()
  return client
}

/** The same on a socket; waits for nothing. */
export function wireOn(socket: Socket): Wire {
  const replies: string[] = []
  let text = ''
  let ended = false
  let tell = (): void => {}
  socket.on('data', chunk => {
    text += chunk.toString('latin1')
    for (;;) {
      const [found] = /^(?:[0-9]{3}-.*\r\n)*[0-9]{3}(?: .*)?\r\n/.exec(text) ?? []
      if (found === undefined) break
      text = text.slice(found.length)
      replies.push(found.trimEnd())
    }
    tell()
  })
  socket.on('error', () => {})
  socket.on('close', () => {
    ended = true
    tell()
  })
  const reply = async (): Promise<string> => {
    while (replies.length === 0 && !ended) await new Promise<void>(resolve => (tell = resolve))
    return replies.shift() ?? 'closed'
  }
  const say = (line: string): Promise<string> => {
    socket.write(`${line}\r\n`, 'latin1')
    return reply()
  }
  return { socket, say, write: bytes => socket.write(bytes), reply, close: () => socket.destroy() }
}

/** Connects, says EHLO, and logs in with a login. */
export async function wireFor(port: number, login?: RawMail['login']): Promise<Wire> {
  const client = await wire(port)
  await client.say('EHLO client.example')
  if (login) await client.say(`AUTH PLAIN ${plain(login.username, login.password)}`)
  return client
}

export interface RawMail {
  readonly raw: string | Buffer
  readonly from?: string
  readonly to?: string | readonly string[]
  readonly login?: { readonly username: string; readonly password: string }
}

/** The TLS that a client begins on its connection, after STARTTLS; it waits for the handshake. */
export async function secured(client: Wire): Promise<Wire> {
  client.socket.removeAllListeners('data')
  const tls = tlsConnect({ socket: client.socket, rejectUnauthorized: false })
  await new Promise((resolve, reject) => tls.once('secureConnect', resolve).once('error', reject))
  return wireOn(tls)
}

/** Sends a mail unchanged; gives the first negative reply, or the last reply. */
export async function sendRaw(
  port: number,
  { raw, from = SUSAN.address, to = HELPDESK, login }: RawMail,
): Promise<string> {
  const client = await wireFor(port, login)
  try {
    return await handOver(client, { raw, from, to })
  } finally {
    client.close()
  }
}

/**
 * The same for one mail behind the other, over a connection that is kept. It is to be closed before the daemon, so it is asked for when
 * the daemon runs.
 */
export async function rawMailer(
  t: Test,
  port: number,
  login?: RawMail['login'],
): Promise<(mail: Omit<RawMail, 'login'>) => Promise<string>> {
  const client = await wireFor(port, login)
  t.teardown(() => client.close())
  return async mail => {
    const reply = await handOver(client, mail)
    if (!/^2/.test(reply)) await client.say('RSET')
    return reply
  }
}

/** The same on an open connection. */
export async function handOver(
  client: Wire,
  { raw, from = SUSAN.address, to = HELPDESK }: RawMail,
): Promise<string> {
  const steps = [`MAIL FROM:<${from}>`, ...[to].flat().map(address => `RCPT TO:<${address}>`), 'DATA']
  for (const step of steps) {
    const reply = await client.say(step)
    if (!/^[23]/.test(reply)) return reply
  }
  client.write(stuffed(raw))
  return client.reply()
}

/** A mail in SMTP form: dot-stuffed, with the final dot (RFC 5321 4.5.2). */
export function stuffed(raw: string | Buffer): Buffer {
  const text = Buffer.isBuffer(raw) ? raw.toString('latin1') : Buffer.from(raw).toString('latin1')
  const dotted = text.replace(/^\./gm, '..')
  return Buffer.from(`${dotted}${/\r\n$/.test(dotted) ? '' : '\r\n'}.\r\n`, 'latin1')
}

/** The initial response of AUTH PLAIN (RFC 4616). */
export function plain(username: string, password: string, identity = ''): string {
  return Buffer.from(`${identity}\0${username}\0${password}`).toString('base64')
}
