import { Agent, request } from 'node:http'
import { createConnection, type Socket } from 'node:net'
import { createInterface } from 'node:readline'
import { SUSAN } from '../house.ts'

export interface PostReply {
  readonly status: number
  readonly body: string
}
/** A client of the HTTP door with one connection. */
export interface PostClient {
  /** Throws if the connection ends before the answer is complete. */
  post(method: string, params: Record<string, string>): Promise<PostReply>
  close(): void
}

export function postClient(port: number): PostClient {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 })
  const post = (method: string, params: Record<string, string>) =>
    new Promise<PostReply>((resolve, reject) => {
      const login = { user: SUSAN.username, password: SUSAN.password }
      const body = new URLSearchParams({ ...login, ...params }).toString()
      const headers = {
        'Content-Type': 'application/x-www-form-urlencoded',
        'Content-Length': Buffer.byteLength(body),
      }
      const path = `/api/${method}/`
      const sent = request({ port, host: '127.0.0.1', agent, method: 'POST', path, headers }, response => {
        let text = ''
        response.setEncoding('utf8')
        response.on('data', chunk => {
          text += chunk
        })
        response.on('end', () =>
          response.complete
            ? resolve({ status: response.statusCode!, body: text })
            : reject(new Error('cut')),
        )
        response.on('error', reject)
      })
      sent.on('error', reject)
      sent.end(body)
    })
  return { post, close: () => agent.destroy() }
}

export interface Mailing {
  readonly from: string
  readonly to: string
  readonly subject: string
  readonly text: string
  readonly messageId: string
  readonly date: string
}
/** A client of the mail door with one connection. */
export interface MailClient {
  /** Gives the first reply that is not a success, or the reply to the final dot. Throws if the connection ends before it. */
  send(mail: Mailing): Promise<string>
  close(): void
}

/** Connects, greets, and logs in if `login` is given. */
export async function mailClient(port: number, login?: typeof SUSAN): Promise<MailClient> {
  const socket = createConnection(port, '127.0.0.1')
  const replies = repliesOf(socket)
  const say = (line: string) => {
    socket.write(`${line}\r\n`)
    return replies()
  }
  const must = async (reply: Promise<string>) => {
    const got = await reply
    if (!got.startsWith('2')) throw new Error(got)
  }
  await must(replies())
  await must(say('EHLO client.example'))
  if (login) {
    const secret = Buffer.from(`\0${login.username}\0${login.password}`).toString('base64')
    await must(say(`AUTH PLAIN ${secret}`))
  }
  return {
    send: async mail => {
      const steps = [`MAIL FROM:<${mail.from}>`, `RCPT TO:<${mail.to}>`, 'DATA', textOf(mail)]
      for (const step of steps) {
        const reply = await say(step)
        if (!/^[23]/.test(reply)) {
          await say('RSET')
          return reply
        }
        if (step === steps.at(-1)) return reply
      }
      throw new Error('unreachable')
    },
    close: () => socket.destroy(),
  }
}

function textOf({ from, to, subject, text, messageId, date }: Mailing): string {
  const fields = { From: from, To: to, Subject: subject, 'Message-ID': messageId, Date: date }
  const head = Object.entries(fields).map(([name, value]) => `${name}: ${value}`)
  return [...head, '', text, '.'].join('\r\n')
}

/** Reads one whole reply at a time (RFC 5321 4.2: the last line has a blank after the code). */
function repliesOf(socket: Socket): () => Promise<string> {
  const got: string[] = []
  let waiting: { resolve: (reply: string) => void; reject: (error: Error) => void } | undefined
  let gone: Error | undefined
  const end = () => {
    gone ??= new Error('the connection ended')
    waiting?.reject(gone)
  }
  socket.on('error', end).on('close', end)
  const lines = createInterface({ input: socket })
  // The readline interface passes on errors of the socket and would throw them: a killed daemon resets its connections.
  lines.on('error', end)
  lines.on('line', line => {
    if (line[3] === '-') return
    if (waiting) waiting.resolve(line)
    else got.push(line)
    waiting = undefined
  })
  return () =>
    new Promise((resolve, reject) => {
      const first = got.shift()
      if (first !== undefined) resolve(first)
      else if (gone) reject(gone)
      else waiting = { resolve, reject }
    })
}
