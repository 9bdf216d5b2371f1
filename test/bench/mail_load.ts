import { randomUUID } from 'node:crypto'
import { createConnection, type Socket } from 'node:net'
import { SUPPORT } from '../house.ts'
import type { Result } from './load.ts'

// Makes the load of mail, in a child process: kept connections, one mail at a time on each. The envelope is one write (RFC 2920), as mail
// servers send it.

export interface MailJob {
  readonly port: number
  readonly connections: number
  readonly seconds: number
  /** Whether the sender asks for an acknowledgement. */
  readonly isAcknowledged: boolean
}
export interface MailResult extends Result {
  /** The accepted mails. */
  readonly done: number
}
/** The senders have this many domains. */
const DOMAINS = 1000
const WORDS =
  'The printer on floor 2 says that it is out of paper, but the tray is full; we pulled the plug twice.\r\n'
const TEXT = WORDS.repeat(15)

const run = randomUUID()
let count = 0

process.on('message', async (job: MailJob) => {
  process.send!(await measure(job))
})
process.on('disconnect', () => process.exit(0))

async function measure(job: MailJob): Promise<MailResult> {
  const numbers = Array.from({ length: job.connections }, (_, index) => index)
  const sockets = await Promise.all(numbers.map(() => connected(job.port)))
  const started = performance.now()
  const until = started + job.seconds * 1000
  const counts = await Promise.all(sockets.map(socket => drive(socket, job, until)))
  const seconds = (performance.now() - started) / 1000
  for (const socket of sockets) socket.destroy()
  const done = counts.reduce((sum, one) => sum + one.done, 0)
  const refused = counts.reduce((sum, one) => sum + one.refused, 0)
  return { perSecond: done / seconds, refused, done }
}

/** Connects, and says EHLO. */
async function connected(port: number): Promise<Socket> {
  const socket = createConnection({ port, host: '127.0.0.1', noDelay: true })
  await heardEnd(socket, /^220 .*\r\n$/)
  socket.write('EHLO customer.example\r\n')
  await heardEnd(socket, /^250 .*\r\n$/m)
  return socket
}

/** Waits for a reply whose last line is like this. */
function heardEnd(socket: Socket, last: RegExp): Promise<void> {
  return new Promise((resolve, reject) => {
    socket.once('error', reject)
    let text = ''
    const hear = (bytes: Buffer) => {
      text += bytes.toString('latin1')
      if (!last.test(text)) return
      socket.off('data', hear)
      socket.off('error', reject)
      resolve()
    }
    socket.on('data', hear)
  })
}

function drive(socket: Socket, job: MailJob, until: number): Promise<{ done: number; refused: number }> {
  return new Promise(resolve => {
    let done = 0
    let refused = 0
    let replies = 0
    let mail = ''
    const send = () => {
      count++
      replies = 0
      const from = `ann.${count}@customer-${count % DOMAINS}.example`
      mail = mailFrom(from, job)
      socket.write(`MAIL FROM:<${from}>\r\nRCPT TO:<${SUPPORT}>\r\nDATA\r\n`)
    }
    const finish = () => resolve({ done, refused })
    const heard = (line: string) => {
      replies++
      if (!/^[23]/.test(line)) {
        refused++
        return finish()
      }
      if (replies === 3) socket.write(mail)
      if (replies < 4) return
      done++
      if (performance.now() < until) send()
      else finish()
    }
    let rest = ''
    socket.on('error', finish).on('close', finish)
    socket.on('data', bytes => {
      const lines = (rest + bytes.toString('latin1')).split('\r\n')
      rest = lines.pop()!
      for (const line of lines) heard(line)
    })
    send()
  })
}

function mailFrom(from: string, { isAcknowledged }: MailJob): string {
  return [
    'Received: from mx.customer.example (mx.customer.example [192.0.2.7]) by mail.helpdesk.example with ESMTPS; Tue, 24 Nov 2026 09:30:03 +0100',
    `From: Ann Lee <${from}>`,
    `To: ${SUPPORT}`,
    `Subject: =?utf-8?Q?The_printer_on_floor_2_=E2=80=93_again?= ${count}`,
    'Date: Tue, 24 Nov 2026 09:30:01 +0100',
    `Message-ID: <${count}.${run}@customer.example>`,
    'MIME-Version: 1.0',
    'Content-Type: text/plain; charset=utf-8',
    ...(isAcknowledged ? [] : ['X-Auto-Response-Suppress: All']),
    '',
    `${TEXT}.\r\n`,
  ].join('\r\n')
}
