// One thing: what a stranger sends to a daemon, whose process is watched, and how long others wait meanwhile.
import { readFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import t from 'tap'
import { PROCESSES } from '../../../../../daemon/mail/in/parser/parser_pool.ts'
import { MIB } from '../../../../../data/sizes.ts'
import { directoryFor, SUPPORT, SUSAN } from '../../../../house.ts'
import { ask } from '../../../../http_client.ts'
import { install, type Running, recordsIn, start } from '../../../../torture/process.ts'
import { handOver, wire } from '../../wire.ts'

const EVE = 'eve@evil.example'
/** In milliseconds, for a slow machine with other work. */
const PATIENCE = 20_000

/** The largest mail; less in `npm test`, where it shows the same. */
const LARGEST = (process.env.HELPDESKD_TORTURE ? 25 : 4) * MIB
/** The data of each, and the reply. */
const mails: Readonly<Record<string, readonly [data: string, reply: RegExp]>> = {
  '5,000 header fields': [`${fields(5000)}Subject: fields\r\n\r\nText.\r\n`, /^250 /],
  'a name of 100,000 parts': [
    `From: ${EVE}\r\nSubject: parts\r\nTo: ${'a.b '.repeat(100_000).replace(/.{900}/g, '$&\r\n ')}\r\n\r\nText.\r\n`,
    /^250 /,
  ],
  '900 kB of To': [
    `From: ${EVE}\r\nTo: ${'ann@customer.example,\r\n '.repeat(37_500)}b@c.example\r\nSubject: to\r\n\r\nText.\r\n`,
    /^250 /,
  ],
  'as much CRLF as is taken': [`Subject: newlines\r\n\r\n${'\r\n'.repeat(0.49 * LARGEST)}`, /^250 /],
  'as much LF as is taken': [`Subject: line feeds\r\n\r\n${'\n'.repeat(0.99 * LARGEST)}`, /^250 /],
  'too much CRLF': [`Subject: too large\r\n\r\n${'\r\n'.repeat(0.51 * LARGEST)}`, /^552 5\.3\.4 /],
  'no data': ['', /^250 /],
  'a NUL': ['\0', /^250 /],
}

function fields(count: number): string {
  return Array.from({ length: count }, (_, at) => `X-Field-${at}: ${at}\r\n`).join('')
}

/** Sends a mail from an address of its own; gives all replies to it. */
async function allReplies({ smtp }: Running, data: string, at: number): Promise<string[]> {
  const client = await wire({ host: '127.0.0.1', port: smtp, localAddress: `127.0.3.${at + 1}` })
  for (const line of [
    'EHLO evil.example',
    `MAIL FROM:<${at}@evil${at}.example>`,
    `RCPT TO:<${SUPPORT}>`,
    'DATA',
  ])
    await client.say(line)
  client.write(Buffer.from(`${data}${data === '' || data.endsWith('\r\n') ? '' : '\r\n'}.\r\n`, 'latin1'))
  const replies = [await client.reply()]
  // The replies to these come next, so the mail has no second one.
  replies.push(await client.say('NOOP'), await client.say('QUIT'), await client.reply())
  return replies
}

async function honestMail({ smtp }: Running, number: number): Promise<string> {
  const client = await wire({ host: '127.0.0.1', port: smtp, localAddress: '127.0.0.12' })
  const raw = `From: ann@customer.example\r\nTo: ${SUPPORT}\r\nSubject: Mail ${number}\r\nMessage-ID: <${number}@customer.example>\r\n\r\nHelp.\r\n`
  await client.say('EHLO customer.example')
  const reply = await handOver(client, { raw, from: 'ann@customer.example', to: SUPPORT })
  client.close()
  return reply
}

async function honestPost({ http }: Running, number: number): Promise<string> {
  const login = { user: SUSAN.username, password: SUSAN.password }
  const body = new URLSearchParams({ ...login, queue: '1', title: `Post ${number}` }).toString()
  const { status } = await ask(http, 'POST', '/api/create_ticket/', body, undefined, '127.0.0.11')
  return String(status)
}

/** The children of a process, and the moment of its start. */
function processOf({ pid }: Running): { children: string[]; started: string } {
  const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').split(' ').filter(Boolean)
  return { children, started: readFileSync(`/proc/${pid}/stat`, 'utf8').split(' ')[21]! }
}

t.test('a hostile mail has one reply, and others are answered meanwhile', async t => {
  const house = await install(directoryFor(t), `smtp.max_size = ${LARGEST}`)
  const daemon = await start(house)
  t.match(await honestMail(daemon, 0), /^250 /)
  const { started } = processOf(daemon)
  const took = { mail: [] as number[], post: [] as number[] }
  let most = 0
  let left = Object.keys(mails).length
  const timed = async (what: 'mail' | 'post', work: () => Promise<string>, good: RegExp) => {
    const began = performance.now()
    t.match(await work(), good, what)
    took[what].push(performance.now() - began)
  }
  const attacks = Object.entries(mails).map(async ([what, [data, reply]], at) => {
    const replies = await allReplies(daemon, data, at)
    t.match(replies, [reply, /^250 OK/, /^221 /, 'closed'], what)
    left--
  })
  let round = 0
  while (left > 0 || round === 0) {
    round++
    await Promise.all([
      timed('mail', () => honestMail(daemon, round), /^250 /),
      timed('post', () => honestPost(daemon, round), /^200$/),
    ])
    most = Math.max(most, processOf(daemon).children.length)
    await sleep(100)
  }
  await Promise.all(attacks)
  for (const [what, times] of Object.entries(took)) {
    const longest = Math.max(...times)
    t.ok(longest < PATIENCE, `${what}: at most ${Math.round(longest)} ms, ${times.length} times`)
  }
  t.ok(most <= PROCESSES + 1, `${most} children`)
  t.equal(processOf(daemon).started, started, 'the same process')
  t.equal(await daemon.end('SIGTERM'), 0)
  const { tickets } = await recordsIn(house.state)
  t.equal(tickets.length, 1 + 2 * round + Object.keys(mails).length - 1, 'each accepted mail is a ticket')
})
