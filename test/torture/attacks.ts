// One thing: the attacks of outsiders on the daemon. Each is a set of loops that run until they are stopped.
import { randomUUID } from 'node:crypto'
import { connect, type Socket } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { handOver, stuffed, wire } from '../daemon/mail/wire.ts'
import { SUPPORT, SUSAN } from '../house.ts'
import { ask } from '../http_client.ts'

export interface Doors {
  readonly http: number
  readonly smtp: number
}
/** Runs until the signal, and counts the answers. */
export type Attack = (doors: Doors, until: AbortSignal, answers: Answers) => Promise<void>

/** How often each answer came, by its code or its beginning. */
export class Answers {
  readonly counts: Record<string, number> = {}

  add(answer: string): void {
    const short = answer.slice(0, 12)
    this.counts[short] = (this.counts[short] ?? 0) + 1
  }
}

const MB = 1024 * 1024

/** Runs this many loops concurrently; each begins again as soon as it is done. */
async function loops(
  count: number,
  until: AbortSignal,
  answers: Answers,
  work: (loop: number, round: number) => Promise<string>,
): Promise<void> {
  const loop = async (_: unknown, number: number) => {
    for (let round = 0; !until.aborted; round++) {
      answers.add(await work(number, round).catch(error => (error as Error).message))
      await sleep(2)
    }
  }
  await Promise.all(Array.from({ length: count }, loop))
}

interface Sending {
  readonly mail: string
  readonly from: string
  /** The local address that it connects from. */
  readonly peer?: string
}

async function send({ smtp }: Doors, { mail, from, peer = '127.0.0.66' }: Sending): Promise<string> {
  const client = await wire({ host: '127.0.0.1', port: smtp, localAddress: peer })
  try {
    await client.say('EHLO attacker.example')
    return await handOver(client, { raw: mail, from, to: SUPPORT })
  } finally {
    client.close()
  }
}

function mailOf(from: string, fields: readonly string[], body: string, subject = 'Hello'): string {
  const id = `<${randomUUID()}@attacker.example>`
  const head = [`From: ${from}`, `To: ${SUPPORT}`, `Subject: ${subject}`, `Date: ${new Date().toUTCString()}`]
  return [...head, `Message-ID: ${id}`, ...fields, '', body].join('\r\n')
}

const FROM = 'somebody@attacker.example'

/** Mails that are expensive to parse. */
const slow: readonly (() => string)[] = [
  () =>
    mailOf(
      FROM,
      [
        'Content-Type: application/pdf',
        `Content-Disposition: attachment; filename="${'.'.repeat(150_000).replace(/.{900}/g, '$&\r\n ')}"`,
      ],
      'x',
    ),
  () => mailOf(FROM, [], 'a\r\n'.repeat(2 * MB)),
  () =>
    mailOf(FROM, ['Content-Type: text/html'], '<img src=cid:a>'.repeat(70_000).replace(/.{900}/g, '$&\r\n')),
  () => mailOf(FROM, ['Content-Type: text/html'], '<div>'.repeat(200_000).replace(/.{900}/g, '$&\r\n')),
  () => mailOf(FROM, [], '\x01'.repeat(12 * MB).replace(/[\s\S]{900}/g, '$&\r\n')),
  () => mailOf(FROM, [`Cc: ${'a@b.example,\r\n '.repeat(60_000)}c@d.example`], 'x'),
  () => mailOf(FROM, ['Content-Type: text/plain; format=flowed'], 'a \r\n> b \r\n'.repeat(400_000)),
]

/** A mail with a thousand small files. */
function manyFiles(round: number): string {
  const part = (n: number) =>
    `--b\r\nContent-Type: application/octet-stream\r\nContent-Disposition: attachment; filename="${n}.bin"\r\n\r\n${round}.${n}.${Math.random()}\r\n`
  const parts = Array.from({ length: 1000 }, (_, n) => part(n)).join('')
  return mailOf(FROM, ['MIME-Version: 1.0', 'Content-Type: multipart/mixed; boundary=b'], `${parts}--b--`)
}

function report(round: number): string {
  const fields = [
    'MIME-Version: 1.0',
    'Content-Type: multipart/report; report-type=delivery-status; boundary=b',
  ]
  const status = `Reporting-MTA: dns; attacker.example\r\n\r\nFinal-Recipient: rfc822; ${FROM}\r\nAction: failed\r\nStatus: 5.1.1`
  const body = [
    '--b\r\nContent-Type: text/plain\r\n',
    `it failed, ${'and why '.repeat(round % 2 ? 10 : 100_000)}`,
    `--b\r\nContent-Type: message/delivery-status\r\n\r\n${status}`,
    '--b--',
  ]
  return mailOf(FROM, fields, body.join('\r\n'))
}

async function held(sockets: readonly Socket[], until: AbortSignal): Promise<void> {
  try {
    while (!until.aborted) await sleep(50)
  } finally {
    for (const socket of sockets) socket.destroy()
  }
}

function open(port: number, peer: string, bytes = ''): Socket {
  const socket = connect({ host: '127.0.0.1', port, localAddress: peer })
  socket.on('error', () => {}).resume()
  if (bytes) socket.write(bytes)
  return socket
}

function peers(count: number): string[] {
  return Array.from({ length: count }, (_, n) => `127.0.7.${n + 1}`)
}

/** Sends the beginning of a mail and the rest slowly. */
async function holdData({ smtp }: Doors, peer: string, until: AbortSignal): Promise<string> {
  const client = await wire({ host: '127.0.0.1', port: smtp, localAddress: peer })
  try {
    for (const line of ['EHLO attacker.example', `MAIL FROM:<${FROM}>`, `RCPT TO:<${SUPPORT}>`, 'DATA']) {
      const reply = await client.say(line)
      if (!/^[23]/.test(reply)) return reply
    }
    // Without its final dot.
    client.write(stuffed(mailOf(FROM, [], 'x'.repeat(900).concat('\r\n').repeat(26_000))).subarray(0, -3))
    while (!until.aborted && !client.socket.destroyed) {
      client.write('x\r\n')
      await sleep(500)
    }
    return client.socket.destroyed ? await client.reply() : 'held'
  } finally {
    client.close()
  }
}

/** Keeps a door full of connections, each replaced as soon as it is closed. */
function besieged(port: number, from: readonly string[], each: number, bytes: string): Attack {
  return async (_, until, answers) => {
    const sockets = new Set<Socket>()
    const again = (peer: string) => {
      if (until.aborted) return
      const socket = open(port, peer, bytes)
      sockets.add(socket)
      socket.on('data', bytes => answers.add(bytes.toString('latin1')))
      socket.on('close', () => {
        answers.add('closed')
        sockets.delete(socket)
        setTimeout(again, 20, peer)
      })
    }
    for (const peer of from) for (let n = 0; n < each; n++) again(peer)
    await held([], until)
    for (const socket of sockets) socket.destroy()
  }
}

const HELD_BODY =
  'POST /api/hold_ticket/ HTTP/1.1\r\nHost: x\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: 60000\r\n\r\nuser=susan&password=x'

export const attacks: Readonly<Record<string, Attack>> = {
  'mails that are expensive to parse': (doors, until, answers) =>
    loops(6, until, answers, (loop, round) =>
      send(doors, { mail: slow[(loop + round) % slow.length]!(), from: FROM }),
    ),
  'mails of a thousand files': (doors, until, answers) =>
    loops(4, until, answers, (_, round) => send(doors, { mail: manyFiles(round), from: FROM })),
  'forged senders': (doors, until, answers) =>
    loops(8, until, answers, (loop, round) => {
      const from = `victim-${loop}-${round}@victims-${round % 100}.example`
      return send(doors, { mail: mailOf(from, [], 'Buy this', `Buy this ${loop} ${round}`), from })
    }),
  'a responder without marks': (doors, until, answers) =>
    loops(4, until, answers, (loop, round) => {
      const from = `responder-${loop}@responder.example`
      return send(doors, { mail: mailOf(from, [], 'I am away', `Away ${round}`), from })
    }),
  'connections of one address to the mail door': (doors, until, answers) =>
    besieged(doors.smtp, ['127.0.0.66'], 400, 'EHLO attacker.example\r\n')(doors, until, answers),
  'mails of 24 MB that do not end': (doors, until, answers) =>
    loops(40, until, answers, loop => holdData(doors, peers(8)[loop % 8]!, until)),
  'commands without an end': (doors, until, answers) =>
    loops(10, until, answers, async loop => {
      const client = await wire({ host: '127.0.0.1', port: doors.smtp, localAddress: peers(10)[loop]! })
      let reply = ''
      for (let n = 0; n < 1000 && reply !== 'closed' && !reply.startsWith('421'); n++)
        reply = await client.say(n % 2 ? 'NOOP' : 'VRFY x')
      client.close()
      return reply
    }),
  'idle connections to the HTTP door': (doors, until, answers) =>
    besieged(doors.http, peers(2), 1000, '')(doors, until, answers),
  'bodies that do not end': (doors, until, answers) =>
    besieged(doors.http, peers(8), 60, HELD_BODY)(doors, until, answers),
  'guesses from sixty addresses': (doors, until, answers) =>
    loops(60, until, answers, (loop, round) =>
      ask(
        doors.http,
        'POST',
        '/api/list_queues/',
        new URLSearchParams({ user: SUSAN.username, password: `guess ${loop} ${round}` }).toString(),
        undefined,
        peers(60)[loop]!,
      ).then(({ status }) => String(status)),
    ),
  'reports without an end': (doors, until, answers) =>
    loops(4, until, answers, (_, round) => send(doors, { mail: report(round), from: '' })),
}
