import { type ChildProcess, fork } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { Failure } from '../../data/failure.ts'
import { events } from '../events.ts'
import type { Parsed, Told } from './parse.ts'

const PROCESSES = 2
const HEAP_MEGABYTES = 256
/** A mail that takes longer is made to. */
const LONGEST_MILLISECONDS = 10_000
const LONGEST_START_MILLISECONDS = 60_000

export interface Parser {
  /**
   * Takes a mail apart, elsewhere; null for one that cannot be, or that takes too much time or memory. Throws Failure
   * `unavailable` when no process can be started, or when we stop.
   */
  parse(raw: Buffer): Promise<Parsed | null>
  close(): void
}
interface Job {
  readonly raw: Buffer
  readonly resolve: (parsed: Parsed | null) => void
  readonly reject: (failure: Failure) => void
}
interface Running {
  readonly job: Job
  readonly timer: NodeJS.Timeout
}

/**
 * Parses mail in child processes, one mail at a time in each. Worker threads would not do: running out of memory in one can end
 * the whole process. A child that dies costs its own mail alone, and is replaced. `program` and `longest` are for tests.
 */
export function openParser(
  program = fileURLToPath(new URL('parse.js', import.meta.url)),
  longest = LONGEST_MILLISECONDS,
): Parser {
  const waiting: Job[] = []
  const starting = new Map<ChildProcess, NodeJS.Timeout>()
  const idle = new Set<ChildProcess>()
  const busy = new Map<ChildProcess, Running>()
  let closed = false

  const next = (): void => {
    if (closed) return
    for (const child of idle) {
      const job = waiting.shift()
      if (!job) return
      give(job, child)
    }
    const children = starting.size + idle.size + busy.size
    if (waiting.length > starting.size && children < PROCESSES) start()
  }
  const give = (job: Job, child: ChildProcess): void => {
    idle.delete(child)
    busy.set(child, { job, timer: setTimeout(() => child.kill('SIGKILL'), longest) })
    child.send(job.raw, error => {
      // It died before it could look: that is not the doing of this mail.
      if (error && take(child)) waiting.unshift(job)
    })
  }
  /** The job of a child, which has it no more. */
  const take = (child: ChildProcess): Job | undefined => {
    const running = busy.get(child)
    clearTimeout(running?.timer)
    busy.delete(child)
    return running?.job
  }
  const start = (): void => {
    try {
      follow(begin(program))
    } catch (error) {
      refuseAll((error as Error).message)
    }
  }
  const follow = (child: ChildProcess): void => {
    starting.set(
      child,
      setTimeout(() => child.kill('SIGKILL'), LONGEST_START_MILLISECONDS),
    )
    child.on('message', (told: Told) => {
      if (told === 'ready') clearTimeout(starting.get(child))
      else take(child)?.resolve(told.parsed)
      starting.delete(child)
      idle.add(child)
      next()
    })
    child.on('error', error => {
      // One that was never there has no exit to wait for.
      if (child.pid === undefined) gone(child, error.message)
      else child.kill('SIGKILL')
    })
    child.on('exit', (code, signal) => gone(child, signal ?? `exit ${code}`))
  }
  const gone = (child: ChildProcess, reason: string): void => {
    child.removeAllListeners('message')
    idle.delete(child)
    const job = take(child)
    if (closed) job?.reject(unavailable())
    else job?.resolve(null)
    const began = !starting.has(child)
    clearTimeout(starting.get(child))
    starting.delete(child)
    if (!began) refuseAll(reason)
    else {
      if (!closed) events.parserDied(reason)
      next()
    }
  }
  /** A parser that cannot even begin is no fault of the mails that wait for it. */
  const refuseAll = (reason: string): void => {
    if (!closed) events.parserDied(reason)
    for (const job of waiting.splice(0)) job.reject(unavailable())
  }
  return {
    parse: raw =>
      new Promise((resolve, reject) => {
        if (closed) return reject(unavailable())
        waiting.push({ raw, resolve, reject })
        next()
      }),
    close: () => {
      closed = true
      for (const job of waiting.splice(0)) job.reject(unavailable())
      for (const child of [...starting.keys(), ...idle, ...busy.keys()]) child.kill('SIGKILL')
    },
  }
}

function begin(program: string): ChildProcess {
  return fork(program, {
    execArgv: [`--max-old-space-size=${HEAP_MEGABYTES}`],
    serialization: 'advanced',
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
  })
}

function unavailable(): Failure {
  return new Failure('unavailable', 'Mail cannot be read here just now; send it again later.')
}
