import { type ChildProcess, spawn } from 'node:child_process'
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { text } from 'node:stream/consumers'
import type { Test } from 'tap'
import { readConfig } from '../../daemon/config/config.ts'
import type { LetterWaits } from '../../daemon/daemon.ts'
import { tables } from '../../data/indexes.ts'
import { openStore } from '../../data/json/open.ts'
import type { Store } from '../../data/store.ts'
import type { Row, Table } from '../../data/tables.ts'
import { configText, furnishUsually, quietEvents, quietStore, startFor } from '../house.ts'
import { NODE, PROGRAM } from '../program.ts'

export interface Installation {
  readonly config: string
  readonly state: string
}
/** A daemon in a child process. */
export interface Running {
  readonly http: number
  readonly smtp: number
  readonly pid: number
  /** The events of its log. */
  readonly log: readonly LogLine[]
  /** Sends a signal and waits for the end; gives the exit code, or null if the signal ended it. */
  end(signal: NodeJS.Signals): Promise<number | null>
  /** Resolves with the exit code when it has ended. */
  readonly ended: Promise<number | null>
}
export interface LogLine {
  readonly event: string
  readonly [fact: string]: unknown
}
export interface Start {
  /** A program, with its arguments, that runs the daemon. */
  readonly under?: readonly string[]
  readonly environment?: Readonly<Record<string, string>>
  /** Options of Node. */
  readonly node?: readonly string[]
  /** Instead of the built program. */
  readonly program?: string
}

/** In these tests one address sends all mails, and each is acknowledged. */
const NO_CAPS = ['per_address_hour', 'per_address_day', 'hour']
  .map(name => `limits.letters_${name} = 1000000`)
  .join('\n')

/** Creates a config file, a queue and two users; susan is an administrator. */
export async function install(directory: string, more = ''): Promise<Installation> {
  const config = join(directory, 'helpdeskd.toml')
  mkdirSync(join(directory, 'sent'), { recursive: true })
  writeFileSync(config, configText(directory, `${more}\n${NO_CAPS}`))
  const installation = { config, state: join(directory, 'state') }
  const store = await openStore(installation.state, quietStore)
  await store.transact(furnishUsually).finally(() => store.close())
  return installation
}

/** Starts a daemon without waiting: it may end before it listens. */
export function launch(
  { config }: Installation,
  start: Start = {},
): { child: ChildProcess; log: LogLine[]; ended: Promise<number | null>; started: Promise<LogLine> } {
  const node = [...NODE, ...(start.node ?? [])]
  const serve = [start.program ?? PROGRAM, '--config', config, 'serve']
  const [program, ...args] = [...(start.under ?? []), 'env', ...node, ...serve]
  const child = spawn(program!, args, {
    stdio: ['ignore', 'ignore', 'pipe'],
    env: { ...process.env, ...start.environment },
  })
  const log: LogLine[] = []
  const ended = new Promise<number | null>(resolve => child.once('close', resolve))
  const started = new Promise<LogLine>((resolve, reject) => {
    createInterface({ input: child.stderr! }).on('line', line => {
      const told = parsed(line)
      log.push(told)
      if (told.event === 'started') resolve(told)
    })
    void ended.then(code =>
      reject(new Error(`the daemon ended with ${code} before it listened: ${JSON.stringify(log.at(-1))}`)),
    )
  })
  started.catch(() => {})
  return { child, log, ended, started }
}

/** Starts a daemon and waits until it listens. Throws if it ends instead. */
export async function start(installation: Installation, options: Start = {}): Promise<Running> {
  const { child, log, ended, started } = launch(installation, options)
  const { http, smtp } = await started
  const pid = await holderOf(installation)
  return {
    http: Number(http),
    smtp: Number(smtp),
    pid,
    log,
    ended,
    end: signal => {
      if (child.exitCode === null && child.signalCode === null) process.kill(pid, signal)
      return ended
    },
  }
}

/** A daemon in the process of the test. */
export interface Here {
  readonly http: number
  readonly smtp: number
  stop(): Promise<void>
}

/** Starts a daemon that nobody kills in the process of the test, since the start of a process takes more than a second. */
export async function startHere(t: Test, { config }: Installation, letterWaits?: LetterWaits): Promise<Here> {
  const { httpPort, smtpPort, stop } = await startFor(t, readConfig(config), quietEvents(), {}, letterWaits)
  return { http: httpPort, smtp: smtpPort, stop }
}

/** The process that has the state directory, according to its lock: with `under` the child is not the daemon itself. */
async function holderOf({ state }: Installation): Promise<number> {
  const lock = readdirSync(state).find(name => name.startsWith('lock.'))!
  return JSON.parse(await text(connect(join(state, lock)))).pid
}

/** A line of the log. Lines that are not JSON come from Node, or are meant for a terminal. */
function parsed(line: string): LogLine {
  try {
    return JSON.parse(line) as LogLine
  } catch {
    return { event: 'text', line }
  }
}

export type Records = { readonly [T in Table]: readonly Row<T>[] }

/** All records in the state directory of a daemon that has ended. */
export async function recordsIn(state: string): Promise<Records> {
  const store = await openStore(state, quietStore)
  try {
    return await recordsOf(store)
  } finally {
    await store.close()
  }
}

async function recordsOf(store: Store): Promise<Records> {
  const found: Partial<Record<Table, readonly unknown[]>> = {}
  for (const table of tables) found[table] = await store.read(tx => tx.find(table, {}))
  return found as Records
}
