import { type ChildProcess, spawn } from 'node:child_process'
import { createServer } from 'node:net'
import { text } from 'node:stream/consumers'
import type { Test } from 'tap'
import { endWith } from './ended.ts'
import { until } from './house.ts'

export const ROOT = new URL('../..', import.meta.url).pathname
export const PROGRAM = `${ROOT}dist/daemon/main.js`
const NOT_FOR_IT = ['NODE_OPTIONS', 'HELPDESKD_CONFIG', 'npm_lifecycle_event']
/**
 * Arguments for `env` to run Node. In a test file that tap itself starts, tap puts a loader into the NODE_OPTIONS of every child process,
 * which doubles its start time; unsetting it in the test does not help, since tap sets it again.
 */
export const NODE = [...NOT_FOR_IT.flatMap(name => ['-u', name]), process.execPath]

/** For bash, which reads ~/.bashrc if its standard input is a socket, as the pipes of Node are. */
export const NORC = '--norc'

export interface Ended {
  readonly exit: number | null
  readonly out: string
  readonly err: string
}
export interface Started {
  readonly child: ChildProcess
  /** What it wrote to standard error so far. */
  err(): string
  readonly ended: Promise<Ended>
}

/** Starts the built program with `input` on standard input, a pipe that stays open if `open`. Kills it after the test. */
export function start(
  t: Test,
  words: readonly string[],
  input: string | 'open' = '',
  program = PROGRAM,
): Started {
  const child = spawn('env', [...NODE, program, ...words], { stdio: 'pipe' })
  endWith(t, child)
  if (input !== 'open') child.stdin.end(input)
  child.stdin.on('error', () => {})
  let err = ''
  child.stderr.on('data', chunk => {
    err += chunk
  })
  const exit = new Promise<number | null>(resolve => child.once('close', resolve))
  const ended = Promise.all([exit, text(child.stdout)]).then(([exit, out]) => ({ exit, out, err }))
  return { child, err: () => err, ended }
}

/** Runs the built program to its end. */
export function run(t: Test, words: readonly string[], input: string | 'open' = ''): Promise<Ended> {
  return start(t, words, input).ended
}

/** Starts a daemon in a child process; resolves when it listens. */
export async function serve(
  t: Test,
  config: string,
  program = PROGRAM,
): Promise<Started & { http: number; smtp: number }> {
  const started = start(t, ['--config', config, 'serve'], '', program)
  const line = await until('the daemon to start', () => /^\{.*"event":"started".*$/m.exec(started.err())?.[0])
  return { ...started, ...(JSON.parse(line) as { http: number; smtp: number }) }
}

/** A port that is free at the moment. */
export async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as { port: number }
  await new Promise(resolve => server.close(resolve))
  return port
}
