import { randomUUID } from 'node:crypto'
import { mkdir } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import type { Readable } from 'node:stream'
import { createTransport, type SendMailOptions } from 'nodemailer'
import { beginningOf } from '../../../data/beginning.ts'
import { DIRECTORY_MODE, writeDurably } from '../../../data/disk.ts'
import { SECOND } from '../../../data/durations.ts'
import { oneLine } from '../../../handlers/params/plain_text.ts'
import { isLoopback } from '../../net/ip.ts'

const CONNECTIONS = 2
const SMTP_PORT = 25
const SMTPS_PORT = 465
/** "Service not available, closing transmission channel" (RFC 5321 4.2.3). */
const CLOSING = 421
const LONGEST_REPLY = 1000
const LONGEST_LOOKED_AT = 4 * LONGEST_REPLY

/** What became of one attempt. `down` is the smarthost's own trouble, and no letter's. */
export interface Result {
  readonly state: 'sent' | 'failed' | 'deferred' | 'down'
  readonly reply: string
}
export interface Smarthost {
  /** Hands a letter over; `id` is its number. */
  send(id: number, letter: SendMailOptions): Promise<Result>
  /** Ends at once, with what is under way. */
  close(): void
}

/** Opens the next hop that a URL names: `smtp:`, `smtps:`, or `file:DIRECTORY`, which keeps each letter as `NUMBER.eml` there. */
export function openSmarthost(url: string, hostname: string): Smarthost {
  return url.startsWith('file:') ? directory(resolve(url.slice('file:'.length))) : smtp(url, hostname)
}

function directory(path: string): Smarthost {
  const transport = createTransport({ streamTransport: true })
  return {
    send: async (id, letter) => {
      try {
        await mkdir(path, { recursive: true, mode: DIRECTORY_MODE })
        const { message } = await transport.sendMail(letter)
        const file = join(path, `${id}.eml`)
        await writeDurably(file, `${file}.${randomUUID()}`, message as Readable)
        return { state: 'sent', reply: `written to ${file}` }
      } catch (error) {
        return { state: 'down', reply: (error as Error).message }
      }
    },
    close: () => transport.close(),
  }
}

/**
 * Letters leave in the clear only where they stay on this machine: elsewhere TLS is used whenever it is offered, its certificate
 * must be good, and a login is never sent without it. On loopback nobody stands between, and Debian's Postfix offers TLS
 * with a certificate that it signed itself.
 */
function smtp(url: string, hostname: string): Smarthost {
  const { protocol, hostname: bracketed, port, username, password } = new URL(url)
  const host = bracketed.replace(/^\[|\]$/g, '')
  const secure = protocol === 'smtps:'
  const transport = createTransport({
    pool: true,
    maxConnections: CONNECTIONS,
    // A kept connection may have been ended by the other side just now; anything else is for the outbox to try again.
    maxRequeues: 1,
    host,
    port: port === '' ? (secure ? SMTPS_PORT : SMTP_PORT) : Number(port),
    secure,
    name: hostname,
    ...(username ? { auth: { user: decodeURIComponent(username), pass: decodeURIComponent(password) } } : {}),
    ...(isLoopback(host)
      ? { opportunisticTLS: true, tls: { rejectUnauthorized: false } }
      : { requireTLS: username !== '' }),
    connectionTimeout: 30 * SECOND,
    greetingTimeout: 30 * SECOND,
    socketTimeout: 60 * SECOND,
  })
  return {
    send: async (_, letter) => {
      try {
        const { response } = await transport.sendMail(letter)
        return { state: 'sent', reply: short(response) }
      } catch (error) {
        return judged(error as SmtpError)
      }
    },
    close: () => transport.close({ force: true }),
  }
}

interface SmtpError extends Error {
  readonly code?: string
  readonly command?: string
  readonly responseCode?: number
  readonly response?: string
}

/**
 * Only a 5xx to RCPT or to the mail itself is for good; any other code to RCPT or DATA is about this letter alone. All else (the greeting,
 * TLS, AUTH, MAIL, a 421 anywhere, a lost connection) is the smarthost's own trouble, whatever its number: nodemailer calls a 5xx
 * permanent there too.
 */
function judged({ code, command = '', responseCode = 0, response, message }: SmtpError): Result {
  const reply = short(response ?? message)
  const aboutLetter = (command === 'RCPT TO' || command === 'DATA') && responseCode > 0
  if (!aboutLetter || responseCode === CLOSING) return { state: 'down', reply }
  const toCommandData = command === 'DATA' && code !== 'EMESSAGE'
  return { state: responseCode >= 500 && !toCommandData ? 'failed' : 'deferred', reply }
}

/** A reply on one line, as it is kept with the attempt. */
function short(reply: string): string {
  return beginningOf(oneLine(reply.slice(0, LONGEST_LOOKED_AT).replace(/\s+/g, ' ')), LONGEST_REPLY)
}
