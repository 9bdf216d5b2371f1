import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { request } from 'node:http'
import { connect } from 'node:net'
import { join } from 'node:path'
import { text as textIn } from 'node:stream/consumers'
import { sendRaw } from '../daemon/mail/wire.ts'
import { SUPPORT, SUSAN } from '../house.ts'
import { NODE, PROGRAM } from '../program.ts'
import type { Installation, Running } from './process.ts'

/** What a large text is made of: one repeated character, as bytes and as written in JSON. */
export interface Kind {
  readonly bytes: Buffer
  readonly json: string
}
const SURROGATE = Buffer.from([0xed, 0xa0, 0x80])
export const kinds: Readonly<Record<string, Kind>> = {
  controls: { bytes: Buffer.from('\x01'), json: '\\u0001' },
  quotes: { bytes: Buffer.from('"'), json: '\\"' },
  backslashes: { bytes: Buffer.from('\\'), json: '\\\\' },
  separators: { bytes: Buffer.from('\u2028'), json: '\u2028' },
  surrogates: { bytes: SURROGATE, json: '\\ud800' },
  newlines: { bytes: Buffer.from('\n'), json: '\\n' },
}

/** The text parameter of each method that takes a text of any length. */
export const texts: Readonly<Record<string, string>> = {
  create_ticket: 'body',
  add_followup: 'message',
  resolve: 'resolution',
  hold_ticket: 'reason',
  unhold_ticket: 'reason',
}

/** A call with one large text. */
export interface Large {
  readonly method: string
  /** The other parameters. */
  readonly params: Readonly<Record<string, string>>
  /** The unique beginning of the text. */
  readonly begin: string
  readonly kind: Kind
  /** The size of the text in bytes, as sent. */
  readonly size: number
  /** The local address that it connects from. */
  readonly from: string
}
export interface Said {
  /** Whether it was done, was refused with an allowed code, or neither. */
  readonly fate: 'done' | 'refused' | 'wrong'
  readonly reply: string
  /** The hashes of which one must be stored if it was done: of the text, or of the whole mail if that cannot be parsed. */
  readonly kept: readonly string[]
}
export interface Target {
  readonly house: Installation
  readonly daemon: Pick<Running, 'http' | 'smtp'>
  readonly token: string
}
/** Prepares a call and gives the function that sends it, since one process plays many callers at once. */
export type Door = (target: Target, large: Large) => () => Promise<Said>

const LOGIN = { user: SUSAN.username, password: SUSAN.password }
const REFUSED_BY_HTTP = [400, 413, 503]
const REFUSED_BY_SMTP = /^(?:451|452|552) /
const REFUSED_BY_SHELL = [65, 75]
const decoder = new TextDecoder()

export function sha256(bytes: string | Buffer): string {
  return createHash('sha256').update(bytes).digest('hex')
}

/** The text as bytes, and decoded. */
function plainly(large: Large, unit = large.kind.bytes): { bytes: Buffer; text: string } {
  const count = Math.floor((large.size - large.begin.length) / unit.length)
  const bytes = Buffer.concat([Buffer.from(large.begin), Buffer.alloc(count * unit.length, unit)])
  return { bytes, text: decoder.decode(bytes) }
}

/** The text as bytes of JSON, and decoded. */
function inJson(large: Large): { bytes: Buffer; text: string } {
  const { bytes } = plainly(large, Buffer.from(large.kind.json))
  const count = (bytes.length - large.begin.length) / Buffer.byteLength(large.kind.json)
  return { bytes, text: large.begin + decoder.decode(large.kind.bytes).repeat(count) }
}

function posted(
  { daemon }: Target,
  { method, from }: Large,
  body: Buffer,
  text: string,
  headers: Record<string, string>,
): () => Promise<Said> {
  const kept = [sha256(text)]
  return async () => {
    const { status, says } = await answerTo(daemon.http, `/api/${method}/`, body, headers, from)
    const fate = status === 200 ? 'done' : REFUSED_BY_HTTP.includes(status) ? 'refused' : 'wrong'
    return { fate, reply: `${status} ${says}`, kept }
  }
}

/** A refusal may come while the body is still being sent, and the connection ends after it. */
export function answerTo(
  port: number,
  path: string,
  body: Buffer,
  headers: Record<string, string>,
  localAddress = '127.0.0.1',
): Promise<{ status: number; says: string }> {
  return new Promise((resolve, reject) => {
    let answered = false
    // An idle connection may have been closed while this process was busy.
    const options = { port, host: '127.0.0.1', method: 'POST', path, localAddress, agent: false }
    const length = { 'Content-Length': String(body.length) }
    const sent = request({ ...options, headers: { ...headers, ...length } }, async response => {
      answered = true
      resolve({ status: response.statusCode!, says: await textIn(response).catch(() => '') })
    })
    sent.on('error', error => answered || reject(error)).end(body)
  })
}

const form: Door = (target, large) => {
  const { bytes, text } = plainly(large)
  const others = new URLSearchParams({ ...LOGIN, ...large.params }).toString()
  const body = Buffer.concat([Buffer.from(`${others}&${texts[large.method]}=`), bytes])
  return posted(target, large, body, text, { 'Content-Type': 'application/x-www-form-urlencoded' })
}

const json: Door = (target, large) => {
  const { bytes, text } = inJson(large)
  const others = JSON.stringify({ ...LOGIN, ...large.params }).slice(0, -1)
  const body = Buffer.concat([Buffer.from(`${others},"${texts[large.method]}":"`), bytes, Buffer.from('"}')])
  return posted(target, large, body, text, { 'Content-Type': 'application/json' })
}

const multipart: Door = (target, large) => postParts(target, large, LOGIN, {})

/** A caller with a token in the header gets a separate place. */
const token: Door = (target, large) =>
  postParts(target, large, {}, { Authorization: `Bearer ${target.token}` })

function postParts(
  target: Target,
  large: Large,
  login: Record<string, string>,
  headers: Record<string, string>,
): () => Promise<Said> {
  const { bytes, text } = plainly(large)
  const part = (name: string) => `--b\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n`
  const named = Object.entries({ ...login, ...large.params })
  const others = named.map(([name, value]) => `${part(name)}${value}\r\n`).join('')
  const body = Buffer.concat([
    Buffer.from(others + part(texts[large.method]!)),
    bytes,
    Buffer.from('\r\n--b--\r\n'),
  ])
  return posted(target, large, body, text, { ...headers, 'Content-Type': 'multipart/form-data; boundary=b' })
}

/** The subject that makes the same call, with the text as the text of the mail. */
const subjects: Readonly<Record<string, (params: Large['params']) => string>> = {
  create_ticket: ({ title }) => `create support: ${title}`,
  add_followup: ({ ticket }) => `followup ${ticket} public`,
  resolve: ({ ticket }) => `resolve ${ticket}`,
}

const mail: Door = ({ daemon }, large) => {
  const isLine = large.kind === kinds.newlines
  const { bytes, text } = plainly(large, isLine ? Buffer.from('\r\n') : large.kind.bytes)
  const head = [
    `From: ${SUSAN.address}`,
    `To: ${SUPPORT}`,
    `Subject: ${subjects[large.method]!(large.params)}`,
    `Message-ID: <${large.begin.trim().replaceAll(' ', '.')}@client.example>`,
    `Date: ${new Date().toUTCString()}`,
    'Content-Type: text/plain; charset=utf-8',
    'Content-Transfer-Encoding: 8bit',
  ]
  const raw = Buffer.concat([Buffer.from(`${head.join('\r\n')}\r\n\r\n`), bytes])
  const crossed = isLine ? raw : Buffer.concat([raw, Buffer.from('\r\n')])
  const kept = [sha256(text.replaceAll('\r\n', '\n').trim()), sha256(crossed)]
  return async () => {
    const reply = await sendRaw(daemon.smtp, { raw, to: SUPPORT, login: SUSAN })
    const fate = reply.startsWith('250') ? 'done' : REFUSED_BY_SMTP.test(reply) ? 'refused' : 'wrong'
    return { fate, reply, kept }
  }
}

const shell: Door = ({ house }, large) => {
  const { bytes, text } = plainly(large)
  const words = subjects[large.method]!(large.params).split(' ')
  const kept = [sha256(text)]
  return async () => {
    const child = spawn('env', [...NODE, PROGRAM, '--config', house.config, ...words], { stdio: 'pipe' })
    child.stdin.on('error', () => {})
    child.stdin.end(bytes)
    const exit = new Promise<number | null>(resolve => child.once('close', resolve))
    const [code, out, err] = await Promise.all([exit, textIn(child.stdout), textIn(child.stderr)])
    const fate = code === 0 ? 'done' : REFUSED_BY_SHELL.includes(code ?? 0) ? 'refused' : 'wrong'
    return { fate, reply: `${code} ${out}${err}`.trim(), kept }
  }
}

/** Speaks to the shell's socket without the program, with the whole call in one line. */
const socket: Door = ({ house }, large) => {
  const { bytes, text } = inJson(large)
  const params = JSON.stringify(large.params).slice(0, -1)
  const kept = [sha256(text)]
  return async () => {
    const connection = connect(join(house.state, 'helpdeskd.sock'))
    connection.on('error', () => {})
    connection.write(`{"method":"${large.method}","params":${params},"${texts[large.method]}":"`)
    connection.write(bytes)
    connection.end('"}}\n')
    const reply = (await textIn(connection)).trim()
    const exit = Number(/^\{"exit":(\d+)/.exec(reply)?.[1])
    const fate = exit === 0 ? 'done' : REFUSED_BY_SHELL.includes(exit) ? 'refused' : 'wrong'
    return { fate, reply, kept }
  }
}

export const doors: Readonly<Record<string, Door>> = { form, json, multipart, token, mail, shell, socket }

/** The methods that a door can call with a large text. */
export function possibleAt(door: string): string[] {
  const all = Object.keys(texts)
  return door === 'mail' || door === 'shell' ? all.filter(method => method in subjects) : all
}
