import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { openSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { pathToFileURL } from 'node:url'
import { PROGRAM } from '../program.ts'
import type { Installation } from '../torture/process.ts'
import type { Job, Result } from './load.ts'
import type { MailJob, MailResult } from './mail_load.ts'
import type { Off } from './off.ts'
import type { Delay, Memory } from './probe.ts'
import { processorTime } from './processor_time.ts'

/** A daemon with the probe loaded. */
export interface Probed {
  readonly port: number
  /** The port of its mail door. */
  readonly smtp: number
  /** The time from the start of the process until it listens. */
  readonly startMilliseconds: number
  memory(): Promise<Memory>
  /** That of the daemon and its parsers so far, in milliseconds. */
  processorTime(): number
  /** Makes a checkpoint and gives the event-loop delay meanwhile. There must have been a commit before. */
  checkpoint(): Promise<Delay>
  end(): Promise<void>
}

const LOOK_MILLISECONDS = 5
let starts = 0

export interface Options {
  /** Options for Node. */
  readonly flags?: readonly string[]
  readonly off?: Off
}

/** Starts the built daemon; its log goes to a file, which costs as little as a service manager. */
export async function probed(
  { config, state }: Installation,
  { flags = [], off }: Options = {},
): Promise<Probed> {
  const log = join(state, '..', `log-${++starts}`)
  const started = performance.now()
  const child = fork(PROGRAM, ['--config', config, 'serve'], {
    execArgv: [...flags, '--import', beside('probe')],
    env: {
      ...process.env,
      NODE_OPTIONS: '',
      HELPDESKD_CHECKPOINT: pathToFileURL(resolve('dist/data/json/checkpoint.js')).href,
      ...(off ? { HELPDESKD_OFF: off } : {}),
    },
    stdio: ['ignore', 'ignore', openSync(log, 'w'), 'ipc'],
  })
  const ports = await portsIn(child, log)
  return {
    ...ports,
    startMilliseconds: performance.now() - started,
    memory: () => ask<Memory>(child, 'memory'),
    processorTime: () => processorTime(child.pid!),
    checkpoint: () => ask<Delay>(child, 'checkpoint'),
    end: async () => {
      child.kill('SIGTERM')
      await once(child, 'exit')
    },
  }
}

async function portsIn(child: ChildProcess, log: string): Promise<Pick<Probed, 'port' | 'smtp'>> {
  for (;;) {
    const text = readFileSync(log, 'utf8')
    const [, http, smtp] = /"event":"started","http":(\d+),"smtp":(\d+)/.exec(text) ?? []
    if (http) return { port: Number(http), smtp: Number(smtp) }
    if (child.exitCode !== null) throw new Error(`the daemon ended before it listened: ${text}`)
    await sleep(LOOK_MILLISECONDS)
  }
}

/** A process that makes the load for a door. */
export interface LoadProcess<J = Job, R extends Result = Result> {
  run(job: J): Promise<R>
  end(): void
}

export function loadProcess(): LoadProcess {
  return loading('load')
}

export function mailLoadProcess(): LoadProcess<MailJob, MailResult> {
  return loading('mail_load')
}

function loading<J extends Job | MailJob, R extends Result>(module: string): LoadProcess<J, R> {
  const child = fork(new URL(beside(module)), { execArgv: [], env: { ...process.env, NODE_OPTIONS: '' } })
  return { run: job => ask<R>(child, job), end: () => child.disconnect() }
}

export interface Server {
  readonly port: number
  end(): void
}

/** Starts the server to compare with, which appends this many bytes for each call. */
export async function base(directory: string, bytes: number): Promise<Server> {
  return served(fork(new URL(beside('base')), [directory, String(bytes)]))
}

/** Starts the mail server to compare with. */
export async function mailBase(): Promise<Server> {
  return served(
    fork(new URL(beside('mail_base')), { execArgv: [], env: { ...process.env, NODE_OPTIONS: '' } }),
  )
}

async function served(child: ChildProcess): Promise<Server> {
  const [{ port }] = await once(child, 'message')
  return { port, end: () => child.kill() }
}

/** The path of a module in this folder. */
function beside(name: string): string {
  return new URL(`${name}.js`, import.meta.url).href
}

async function ask<R>(child: ChildProcess, question: Job | MailJob | 'memory' | 'checkpoint'): Promise<R> {
  const answer = once(child, 'message')
  child.send(question)
  return (await answer)[0] as R
}
