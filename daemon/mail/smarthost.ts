import { randomUUID } from 'node:crypto'
import { mkdir } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { createTransport, type SendMailOptions } from 'nodemailer'
import { DIRECTORY_MODE, writeDurably } from '../../data/disk.ts'

const SECOND = 1000
const CONNECTIONS = 2

/** What became of one attempt. `down` is the smarthost's own trouble, and no letter's. */
export interface Result {
  readonly state: 'sent' | 'failed' | 'deferred' | 'down'
  readonly reply: string
}
export interface Smarthost {
  /** Hands a letter over; `id` is its number. */
  send(id: number, letter: SendMailOptions): Promise<Result>
  close(): void
}

/** Opens the next hop that a URL names: `smtp:`, `smtps:`, or `file:DIRECTORY`, which keeps each letter as `NUMBER.eml` there. */
export function openSmarthost(url: string, hostname: string): Smarthost {
  return url.startsWith('file:') ? directory(resolve(url.slice('file:'.length))) : smtp(url, hostname)
}

function directory(path: string): Smarthost {
  const transport = createTransport({ streamTransport: true, buffer: true, newline: 'windows' })
  return {
    send: async (id, letter) => {
      try {
        await mkdir(path, { recursive: true, mode: DIRECTORY_MODE })
        const { message } = await transport.sendMail(letter)
        const file = join(path, `${id}.eml`)
        await writeDurably(file, `${file}.${randomUUID()}`, message as Buffer)
        return { state: 'sent', reply: `written to ${file}` }
      } catch (error) {
        return { state: 'down', reply: (error as Error).message }
      }
    },
    close: () => transport.close(),
  }
}

function smtp(url: string, hostname: string): Smarthost {
  const { protocol, hostname: host, port, username, password } = new URL(url)
  const secure = protocol === 'smtps:'
  const transport = createTransport({
    pool: true,
    maxConnections: CONNECTIONS,
    host: host.replace(/^\[|\]$/g, ''),
    port: port === '' ? (secure ? 465 : 25) : Number(port),
    secure,
    name: hostname,
    ...(username ? { auth: { user: decodeURIComponent(username), pass: decodeURIComponent(password) } } : {}),
    connectionTimeout: 30 * SECOND,
    greetingTimeout: 30 * SECOND,
    socketTimeout: 60 * SECOND,
  })
  return {
    send: async (_, letter) => {
      try {
        const { response } = await transport.sendMail(letter)
        return { state: 'sent', reply: response }
      } catch (error) {
        return judged(error as SmtpError)
      }
    },
    close: () => transport.close(),
  }
}

interface SmtpError extends Error {
  readonly command?: string
  readonly responseCode?: number
  readonly response?: string
}

/**
 * Only a 5xx to RCPT or to the mail itself is about the letter. A 5xx greeting, or one to AUTH or MAIL, is the smarthost's trouble
 * (nodemailer calls those permanent too), and the letter waits.
 */
function judged({ command = '', responseCode = 0, response, message }: SmtpError): Result {
  const reply = (response ?? message).replace(/\s+/g, ' ').trim()
  const aboutLetter = command === 'RCPT TO' || command === 'DATA'
  if (!aboutLetter || responseCode === 0) return { state: 'down', reply }
  return { state: responseCode >= 500 ? 'failed' : 'deferred', reply }
}
