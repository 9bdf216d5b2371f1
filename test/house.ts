import { cpSync, lstatSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { createTransport } from 'nodemailer'
import type { Test } from 'tap'
import { type Config, parseConfig } from '../daemon/config/config.ts'
import { type Daemon, type LetterWaits, startDaemon } from '../daemon/daemon.ts'
import { Shares } from '../daemon/files/shares.ts'
import { HTTP_WAITS, type HttpWaits } from '../daemon/http/server/timeouts.ts'
import { Events } from '../daemon/log/events.ts'
import { Log } from '../daemon/log/log.ts'
import { OUTBOX_WAITS } from '../daemon/mail/out/outbox_waits.ts'
import { SMTP_WAITS } from '../daemon/mail/out/smtp_delivery.ts'
import { connect } from '../daemon/shell/client.ts'
import { saidBy, withInput } from '../daemon/shell/command_line.ts'
import type { Input } from '../daemon/shell/input.ts'
import type { Done } from '../daemon/shell/run.ts'
import { openStore } from '../data/json/open.ts'
import type { StoreEvents } from '../data/json/store.ts'
import type { Store, Tx } from '../data/store.ts'
import { LetterCaps } from '../handlers/letters/letter_caps.ts'
import { queue, user } from './data/records.ts'
import { lastingParser } from './lasting_parser.ts'
import { lastingPasswords } from './lasting_passwords.ts'

/** The address of the helpdesk, its queue, its administrator and its agent in every test. */
export const HELPDESK = 'helpdesk@helpdesk.example'
export const SUPPORT = 'support@helpdesk.example'
export const SUSAN = { username: 'susan', password: 'fido the 2nd dog', address: 'susan@example.org' }
export const FRED = { username: 'fred', password: 'a cat called Tom', address: 'fred@example.org' }
/** Hashes of their passwords. They are constant, since each hash would take 0.1 s in every test. */
const SUSANS_HASH = '$2b$10$IolapbiQhGQ6UcWJf97im.3jIcuF24kk/fx7MmXihaPsM99mQbeD.'
const FREDS_HASH = '$2b$10$062EjI8wwIW0qrZSIiVCnOeQLKQmLWhsvmogkR/CTJjMsWCp6ltJa'

/** Letters about changes go at once, each change in its own. */
export const LETTERS_AT_ONCE: LetterWaits = { outbox: OUTBOX_WAITS, smtp: SMTP_WAITS, changes: 0 }

/** Standard input of a shell without input. */
export const noInput: Input = {
  text: async () => '',
  secret: async name => {
    throw new Error(`${name} was asked for`)
  },
}

/** Store events for tests: failures throw, other events do nothing. */
export const quietStore: StoreEvents = {
  fatal: error => {
    throw error
  },
  synced: () => {},
  tornTail: () => {},
  checkpoint: () => {},
  checkpointFailed: error => {
    throw error
  },
}

/** Events whose lines go to a list. */
export function eventsTo(lines: string[]): Events {
  return new Events(new Log(line => lines.push(line)))
}

/** Events that are discarded. */
export function quietEvents(): Events {
  return new Events(new Log(() => {}))
}

/** Letter caps that are never reached. */
export function noCaps(): LetterCaps {
  const none = Number.MAX_SAFE_INTEGER
  return new LetterCaps({ addressHour: none, addressDay: none, hour: none })
}

/** A temporary directory for one test, removed after it; its path is short enough for a socket. */
export function directoryFor(t: Test): string {
  const directory = mkdtempSync(join(tmpdir(), 'helpdeskd-'))
  t.teardown(() => rmSync(directory, { recursive: true, force: true }))
  return directory
}

/** Copies a state directory, also while a daemon runs, except its sockets and the names in `without`. */
export function copyState(from: string, to: string, without: readonly string[] = []): void {
  const isCopied = (path: string) =>
    !without.includes(basename(path)) && lstatSync(path, { throwIfNoEntry: false })?.isSocket() === false
  cpSync(from, to, { recursive: true, filter: isCopied })
}

export function configFor(directory: string, more = ''): Config {
  return parseConfig(configText(directory, more), 'test.toml')
}

/** The text of a config; lines in `more` replace the usual settings of the same key. */
export function configText(directory: string, more = ''): string {
  const usual = {
    state_dir: `${directory}/state`,
    'http.listen': '127.0.0.1:0',
    'smtp.listen': '127.0.0.1:0',
    'mail.address': HELPDESK,
    'smarthost.url': `file:${directory}/sent`,
  }
  const others = Object.entries(usual).filter(
    ([key]) => !more.split('\n').some(line => line.startsWith(`${key} `)),
  )
  return `${others.map(([key, value]) => `${key} = "${value}"\n`).join('')}${more}\n`
}

/** A running daemon with a queue and two users, and a client for each door. */
export interface House {
  readonly directory: string
  readonly config: Config
  readonly daemon: Daemon
  /** The lines of its log, and the events that write them, which another daemon may use too. */
  readonly log: string[]
  readonly events: Events
  post(method: string, params: Record<string, string>): Promise<Reply>
  /** The same with susan's login. */
  susan(method: string, params?: Record<string, string>): Promise<Reply>
  mail(mail: TestMail): Promise<string>
  shell(...words: string[]): Promise<Done>
  /** Waits for this many letters; gives them, oldest first. */
  letters(count: number): Promise<string[]>
  /** Waits for a letter that matches; gives the first one. */
  letter(pattern: RegExp): Promise<string>
}
export interface Reply {
  readonly status: number
  readonly body: string
  readonly headers: Headers
}
export interface TestMail {
  readonly subject: string
  readonly from?: string
  readonly to?: string | string[]
  readonly text?: string
  readonly login?: { readonly username: string; readonly password: string }
  readonly headers?: Record<string, string>
  readonly envelopeFrom?: string
  readonly messageId?: string
  readonly date?: string
  readonly attachments?: { filename: string; content: string | Buffer }[]
}

/** Starts a daemon. `furnish` adds other records instead of the usual queue and users, before the start. */
export async function house(
  t: Test,
  more = '',
  furnish: (tx: Tx) => Promise<void> = furnishUsually,
  waits: Partial<HttpWaits> = {},
  letterWaits?: LetterWaits,
): Promise<House> {
  const directory = directoryFor(t)
  mkdirSync(join(directory, 'sent'))
  const log: string[] = []
  const events = eventsTo(log)
  const config = configFor(directory, more)
  await inStore(config, store => store.transact(furnish))
  const running = await startFor(t, config, events, waits, letterWaits)
  const mailbox = mailer(running.smtpPort)
  // An open connection would delay the stop of the daemon.
  const daemon = {
    ...running,
    stop: () => {
      mailbox.close()
      return running.stop()
    },
  }
  t.teardown(async () => {
    await daemon.stop()
    const found = secretsIn(directory, log, [SUSAN.password, FRED.password])
    if (found.length > 0) throw new Error(`there is a password in ${found.join(' and ')}`)
  })
  const shell = async (...words: string[]) => {
    const client = await connect(config.state_dir, events)
    try {
      return await client.run(await withInput(saidBy(words), noInput))
    } finally {
      await client.close()
    }
  }
  const post = async (method: string, params: Record<string, string>) => {
    const url = `http://127.0.0.1:${daemon.httpPort}/api/${method}/`
    const response = await fetch(url, { method: 'POST', body: new URLSearchParams(params) })
    return { status: response.status, body: await response.text(), headers: response.headers }
  }
  return {
    directory,
    config,
    daemon,
    log,
    events,
    post,
    susan: (method, params = {}) =>
      post(method, { user: SUSAN.username, password: SUSAN.password, ...params }),
    mail: mailbox.send,
    shell,
    letters: count => lettersIn(join(directory, 'sent'), count),
    letter: pattern =>
      until(`a letter like ${pattern}`, async () =>
        (await lettersIn(join(directory, 'sent'), 1)).find(letter => pattern.test(letter)),
      ),
  }
}

/** Starts a daemon that shares the parser and the passwords of the test file. */
export function startFor(
  t: Test,
  config: Config,
  events: Events,
  waits: Partial<HttpWaits> = {},
  letterWaits = LETTERS_AT_ONCE,
): Promise<Daemon> {
  return startDaemon(config, events, {
    waits: { ...HTTP_WAITS, ...waits },
    parserFor: () => lastingParser(t),
    letterWaits,
    passwords: lastingPasswords(t),
  })
}

/** Adds the usual queue and users; susan is an administrator. */
export async function furnishUsually(tx: Tx): Promise<void> {
  await tx.add('queues', queue({ email_address: SUPPORT }))
  await tx.add('users', user({ full_name: '', password_hash: SUSANS_HASH, admin: true }))
  const fred = { username: FRED.username, addresses: [FRED.address], password_hash: FREDS_HASH }
  await tx.add('users', user({ full_name: '', ...fred }))
}

/** The files below a directory, and the texts (as `text N`), that contain one of the secrets. */
export function secretsIn(directory: string, texts: readonly string[], secrets: readonly string[]): string[] {
  const files = readdirSync(directory, { recursive: true, withFileTypes: true }).filter(entry =>
    entry.isFile(),
  )
  const holds = (bytes: Buffer) => secrets.some(secret => bytes.includes(secret))
  return [
    ...files.map(({ parentPath, name }) => join(parentPath, name)).filter(path => holds(readFileSync(path))),
    ...texts.map((text, at) => (holds(Buffer.from(text)) ? `text ${at}` : '')).filter(Boolean),
  ]
}

/** Runs `work` with the store of a house whose daemon does not run. */
export async function inStore<R>(config: Config, work: (store: Store) => Promise<R>): Promise<R> {
  const store = await openStore(config.state_dir, quietStore)
  try {
    return await work(store)
  } finally {
    await store.close()
  }
}

export interface Mailer {
  /** Sends a mail with nodemailer; gives the reply to its final dot. */
  send(mail: TestMail): Promise<string>
  close(): void
}

/** Sends mails over open connections, one for each login. A mail on a broken connection is not sent again. */
export function mailer(port: number): Mailer {
  const pools = new Map<string, ReturnType<typeof poolFor>>()
  return {
    send: async ({ login, ...mail }) => {
      const key = JSON.stringify(login ?? null)
      const pool = pools.get(key) ?? poolFor(port, login)
      pools.set(key, pool)
      return (await pool.sendMail(messageOf(mail))).response
    },
    close: () => {
      for (const pool of pools.values()) pool.close()
      pools.clear()
    },
  }
}

/** Sends a mail over a new connection. */
export async function sendMail(port: number, mail: TestMail): Promise<string> {
  const { send, close } = mailer(port)
  try {
    return await send(mail)
  } finally {
    close()
  }
}

const CONNECTIONS = 10

function poolFor(port: number, login: TestMail['login']) {
  return createTransport({
    pool: true,
    maxConnections: CONNECTIONS,
    maxMessages: Number.POSITIVE_INFINITY,
    maxRequeues: 0,
    host: '127.0.0.1',
    port,
    ...(login ? { auth: { user: login.username, pass: login.password } } : {}),
  })
}

function messageOf({
  from = SUSAN.address,
  to = HELPDESK,
  envelopeFrom = from,
  text = '',
  ...rest
}: Omit<TestMail, 'login'>) {
  const recipients = [to].flat()
  return { from, to: recipients, text, envelope: { from: envelopeFrom, to: recipients }, ...rest }
}

/** A machine that is ten times slower may take this time. */
const PATIENCE_MILLISECONDS = 60_000

/** Waits until `look` gives a value; after a minute throws an error that names what it waited for. */
export async function until<R>(what: string, look: () => R | undefined | Promise<R | undefined>): Promise<R> {
  const end = Date.now() + PATIENCE_MILLISECONDS
  for (;;) {
    const found = await look()
    if (found !== undefined && found !== false) return found
    if (Date.now() > end) throw new Error(`waited in vain for ${what}`)
    await new Promise(resolve => setTimeout(resolve, 10))
  }
}

/** Waits for this many letters in a directory; gives them, oldest first. */
export function lettersIn(directory: string, count: number): Promise<string[]> {
  return until(`${count} letters`, () => {
    const names = readdirSync(directory).filter(name => name.endsWith('.eml'))
    if (names.length < count) return undefined
    names.sort((a, b) => Number.parseInt(a, 10) - Number.parseInt(b, 10))
    return names.map(name => readFileSync(join(directory, name), 'utf8'))
  })
}

/** Shares of a store without a limit. */
export function sharesOf(store: Store): Shares {
  return new Shares({ store, room: async () => {}, most: Number.POSITIVE_INFINITY, events: quietEvents() })
}
