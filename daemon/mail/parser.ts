import { type ChildProcess, fork } from 'node:child_process'
import { Failure } from '../../data/failure.ts'
import { sibling } from '../../data/sibling.ts'
import { events } from '../events.ts'
import type { Parsed, ParseResult } from './parse.ts'

const PROCESSES = 2
const HEAP_MEGABYTES = 256
/** A mail that takes longer is made to. */
const LONGEST_MILLISECONDS = 10_000

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
  program = sibling(import.meta.url, 'parse'),
  longest = LONGEST_MILLISECONDS,
): Parser {
  const waiting: Job[] = []
  const idle: ChildProcess[] = []
  const children = new Map<ChildProcess, Running | undefined>()
  let closed = false

  const start = (): ChildProcess | undefined => {
    try {
      return begin()
    } catch (error) {
      events.parserDied((error as Error).message)
      for (const job of waiting.splice(0)) job.reject(unavailable())
      return undefined
    }
  }
  const begin = (): ChildProcess => {
    const child = fork(program, {
      execArgv: [...process.execArgv, `--max-old-space-size=${HEAP_MEGABYTES}`],
      serialization: 'advanced',
      stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
    })
    children.set(child, undefined)
    child.on('message', ({ parsed }: ParseResult) => {
      if (!children.has(child)) return
      take(child)?.resolve(parsed)
      idle.push(child)
      next()
    })
    child.on('error', error => {
      // One that never started has no exit to wait for, and whatever it was to parse is not to blame.
      if (child.pid === undefined) gone(child, error.message, job => job.reject(unavailable()))
      else child.kill('SIGKILL')
    })
    child.on('exit', (code, signal) => gone(child, signal ?? `exit ${code}`, lose))
    return child
  }
  const gone = (child: ChildProcess, reason: string, tell: (job: Job) => void): void => {
    if (idle.includes(child)) idle.splice(idle.indexOf(child), 1)
    const job = take(child)
    children.delete(child)
    if (!closed) events.parserDied(reason)
    if (job) tell(job)
    next()
  }
  const lose = (job: Job): void => {
    if (closed) job.reject(unavailable())
    else job.resolve(null)
  }
  /** The job of a child, which has it no more. */
  const take = (child: ChildProcess): Job | undefined => {
    const running = children.get(child)
    clearTimeout(running?.timer)
    children.set(child, undefined)
    return running?.job
  }
  const next = (): void => {
    if (closed || waiting.length === 0) return
    const child = idle.pop() ?? (children.size < PROCESSES ? start() : undefined)
    if (!child) return
    const job = waiting.shift()!
    children.set(child, { job, timer: setTimeout(() => child.kill('SIGKILL'), longest) })
    if (child.pid !== undefined) child.send(job.raw)
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
      for (const child of children.keys()) child.kill('SIGKILL')
    },
  }
}

function unavailable(): Failure {
  return new Failure('unavailable', 'Mail cannot be read here just now; send it again later.')
}
