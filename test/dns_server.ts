import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { createServer } from 'node:net'
import type { Test } from 'tap'

/** What a name has: texts, hosts for mail with their preference, addresses. `fails`: the server fails. `silent`: it says nothing at all. */
export interface DnsName {
  readonly txt?: readonly string[]
  readonly mx?: readonly (readonly [number, string])[]
  readonly a?: readonly string[]
  readonly aaaa?: readonly string[]
  readonly cname?: string
  readonly fails?: true
  readonly silent?: true
}
export interface DnsServer {
  /** Its address and port. */
  readonly server: string
  /** The names that it was asked for, by UDP and by TCP. */
  readonly asked: { readonly udp: string[]; readonly tcp: string[] }
}
interface Question {
  readonly name: string
  readonly type: number
  readonly end: number
}

const TYPES = { a: 1, cname: 5, mx: 15, txt: 16, aaaa: 28 } as const
const LONGEST_BY_UDP = 512
const TRUNCATED = 0x0200
const ANSWER = 0x8180
const FAILURE = 2
const NO_NAME = 3

/** A DNS server (RFC 1035) on this machine, by UDP and TCP, with these names; it knows no others. */
export async function dnsServer(t: Test, names: Readonly<Record<string, DnsName>>): Promise<DnsServer> {
  const asked = { udp: [] as string[], tcp: [] as string[] }
  const tcp = createServer(socket => {
    socket.on('error', () => {})
    socket.on('data', message => {
      const question = questionIn(message.subarray(2))
      asked.tcp.push(question.name)
      const answer = answerTo(message.subarray(2), question, names)
      if (answer) socket.write(Buffer.concat([uint16(answer.length), answer]))
    })
  }).listen(0, '127.0.0.1')
  await once(tcp, 'listening')
  const { port } = tcp.address() as { port: number }
  const udp = createSocket('udp4').on('message', (message, peer) => {
    const question = questionIn(message)
    asked.udp.push(question.name)
    const answer = answerTo(message, question, names)
    if (!answer) return
    const fits = answer.length <= LONGEST_BY_UDP
    udp.send(fits ? answer : headerOf(message, question, ANSWER | TRUNCATED, 0), peer.port, peer.address)
  })
  udp.bind(port, '127.0.0.1')
  await once(udp, 'listening')
  t.teardown(() => {
    udp.close()
    tcp.close()
  })
  return { server: `127.0.0.1:${port}`, asked }
}

function answerTo(
  message: Buffer,
  question: Question,
  names: Readonly<Record<string, DnsName>>,
): Buffer | undefined {
  const name = names[question.name]
  if (name?.silent) return undefined
  if (!name) return headerOf(message, question, ANSWER | NO_NAME, 0)
  if (name.fails) return headerOf(message, question, ANSWER | FAILURE, 0)
  const records = recordsOf(name, question.type, names)
  return Buffer.concat([headerOf(message, question, ANSWER, records.length), ...records])
}

function recordsOf(name: DnsName, type: number, names: Readonly<Record<string, DnsName>>): Buffer[] {
  if (name.cname !== undefined) {
    const target = names[name.cname]
    const alias = record(POINTER, TYPES.cname, encoded(name.cname))
    return [
      alias,
      ...(target ? datasOf(target, type).map(data => record(encoded(name.cname!), type, data)) : []),
    ]
  }
  return datasOf(name, type).map(data => record(POINTER, type, data))
}

/** The name of the question, which begins at byte 12. */
const POINTER = Buffer.from([0xc0, 12])

function datasOf({ txt = [], mx = [], a = [], aaaa = [] }: DnsName, type: number): Buffer[] {
  if (type === TYPES.txt) return txt.map(strings)
  if (type === TYPES.mx) return mx.map(([first, host]) => Buffer.concat([uint16(first), encoded(host)]))
  if (type === TYPES.a) return a.map(address => Buffer.from(address.split('.').map(Number)))
  if (type === TYPES.aaaa) return aaaa.map(inFull)
  return []
}

function record(name: Buffer, type: number, data: Buffer): Buffer {
  return Buffer.concat([name, uint16(type), uint16(1), uint16(0), uint16(60), uint16(data.length), data])
}

/** The header with the question, and a place for this many answers. */
function headerOf(message: Buffer, { end }: Question, flags: number, answers: number): Buffer {
  const counts = [1, answers, 0, 0].map(uint16)
  return Buffer.concat([message.subarray(0, 2), uint16(flags), ...counts, message.subarray(12, end)])
}

function questionIn(message: Buffer): Question {
  const labels: string[] = []
  let at = 12
  while (message[at]! > 0) {
    labels.push(message.toString('latin1', at + 1, at + 1 + message[at]!))
    at += 1 + message[at]!
  }
  return { name: labels.join('.').toLowerCase(), type: message.readUInt16BE(at + 1), end: at + 5 }
}

function encoded(name: string): Buffer {
  const labels = name.split('.').filter(Boolean)
  return Buffer.concat([
    ...labels.map(label => Buffer.concat([Buffer.from([label.length]), Buffer.from(label)])),
    Buffer.from([0]),
  ])
}

/** A text in strings of at most 255 bytes. */
function strings(text: string): Buffer {
  const bytes = Buffer.from(text)
  const parts: Buffer[] = []
  for (let at = 0; at === 0 || at < bytes.length; at += 255) {
    const part = bytes.subarray(at, at + 255)
    parts.push(Buffer.from([part.length]), part)
  }
  return Buffer.concat(parts)
}

/** An IPv6 address with `::`. */
function inFull(address: string): Buffer {
  const [front = '', back = ''] = address.split('::')
  const groups = (text: string) => text.split(':').filter(Boolean)
  const missing = 8 - groups(front).length - groups(back).length
  const all = [...groups(front), ...Array(missing).fill('0'), ...groups(back)]
  return Buffer.concat(all.map(group => uint16(Number.parseInt(group, 16))))
}

function uint16(value: number): Buffer {
  return Buffer.from([value >> 8, value & 0xff])
}
