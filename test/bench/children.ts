import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { openSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { pathToFileURL } from 'node:url'
import { PROGRAM } from '../program.ts'
import type { Installation } from '../torture/process.ts'
import type { Job, Result } from './load.ts'
import type { Off } from './off.ts'
import type { Delay, Memory } from './probe.ts'

/** A daemon with the probe loaded. */
export interface Probed {
  readonly port: number
  /** The time from the start of the process until it listens. */
  readonly startMilliseconds: number
  memory(): Promise<Memory>
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
  const port = await portIn(child, log)
  return {
    port,
    startMilliseconds: performance.now() - started,
    memory: () => ask<Memory>(child, 'memory'),
    checkpoint: () => ask<Delay>(child, 'checkpoint'),
    end: async () => {
      child.kill('SIGTERM')
      await once(child, 'exit')
    },
  }
}

async function portIn(child: ChildProcess, log: string): Promise<number> {
  for (;;) {
    const text = readFileSync(log, 'utf8')
    const port = Number(/"event":"started","http":(\d+)/.exec(text)?.[1])
    if (port) return port
    if (child.exitCode !== null) throw new Error(`the daemon ended before it listened: ${text}`)
    await sleep(LOOK_MILLISECONDS)
  }
}

export interface LoadProcess {
  run(job: Job): Promise<Result>
  end(): void
}

export function loadProcess(): LoadProcess {
  const child = fork(new URL(beside('load')), { execArgv: [], env: { ...process.env, NODE_OPTIONS: '' } })
  return { run: job => ask<Result>(child, job), end: () => child.disconnect() }
}

export interface Server {
  readonly port: number
  end(): void
}

/** Starts the server to compare with, which appends this many bytes for each call. */
export async function base(directory: string, bytes: number): Promise<Server> {
  const child = fork(new URL(beside('base')), [directory, String(bytes)])
  const [{ port }] = await once(child, 'message')
  return { port, end: () => child.kill() }
}

/** The path of a module in this folder. */
function beside(name: string): string {
  return new URL(`${name}.js`, import.meta.url).href
}

async function ask<R>(child: ChildProcess, question: Job | 'memory' | 'checkpoint'): Promise<R> {
  const answer = once(child, 'message')
  child.send(question)
  return (await answer)[0] as R
}
