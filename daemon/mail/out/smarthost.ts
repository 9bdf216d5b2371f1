import { randomUUID } from 'node:crypto'
import { mkdir } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import type { Readable } from 'node:stream'
import { createTransport, type SendMailOptions } from 'nodemailer'
import { beginningOf } from '../../../data/beginning.ts'
import { DIRECTORY_MODE, writeDurably } from '../../../data/disk.ts'
import { SECOND } from '../../../data/durations.ts'
import { collapsedLine } from '../../../handlers/params/plain_text.ts'
import { isLoopback } from '../../net/ip.ts'

const CONNECTIONS = 2
const SMTP_PORT = 25
const SMTPS_PORT = 465
/** "Service not available, closing transmission channel" (RFC 5321 4.2.3). */
const CLOSING = 421
const LONGEST_REPLY = 1000
const LONGEST_LOOKED_AT = 4 * LONGEST_REPLY

/** The result of one attempt. `down`: the smarthost has a problem that is not about this letter. */
export interface Result {
  readonly state: 'sent' | 'failed' | 'deferred' | 'down'
  readonly reply: string
}
export interface Smarthost {
  /** Delivers a letter; `id` is its number. */
  send(id: number, letter: SendMailOptions): Promise<Result>
  /** Closes at once and aborts running deliveries. */
  close(): void
}

/** Opens the smarthost for a URL: `smtp:`, `smtps:`, or `file:DIRECTORY`, which writes each letter to `NUMBER.eml` in that directory. */
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
 * To another host, TLS is used if it is offered, the certificate must be valid, and a password is never sent without TLS. On loopback
 * the certificate is not checked: nobody can intercept the connection, and Debian's Postfix has a self-signed certificate.
 */
function smtp(url: string, hostname: string): Smarthost {
  const { protocol, hostname: bracketed, port, username, password } = new URL(url)
  const host = bracketed.replace(/^\[|\]$/g, '')
  const secure = protocol === 'smtps:'
  const transport = createTransport({
    pool: true,
    maxConnections: CONNECTIONS,
    // The smarthost may just have closed an idle connection; any other retry is up to the outbox.
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
 * Only a 5xx to RCPT or to the mail data is permanent. Any other code to RCPT or DATA defers this letter. Everything else (greeting, TLS,
 * AUTH, MAIL, any 421, a lost connection) means that the smarthost is down, even a 5xx, which nodemailer would call permanent.
 */
function judged({ code, command = '', responseCode = 0, response, message }: SmtpError): Result {
  const reply = short(response ?? message)
  const aboutLetter = (command === 'RCPT TO' || command === 'DATA') && responseCode > 0
  if (!aboutLetter || responseCode === CLOSING) return { state: 'down', reply }
  const toCommandData = command === 'DATA' && code !== 'EMESSAGE'
  return { state: responseCode >= 500 && !toCommandData ? 'failed' : 'deferred', reply }
}

/** A reply on one line, as it is recorded with the attempt. */
function short(reply: string): string {
  return beginningOf(collapsedLine(reply.slice(0, LONGEST_LOOKED_AT)), LONGEST_REPLY)
}
