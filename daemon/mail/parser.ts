import { type ChildProcess, fork } from 'node:child_process'
import { sibling } from '../../data/sibling.ts'
import { events } from '../events.ts'
import type { Parsed, ParseResult } from './parse.ts'

const PROCESSES = 2
const HEAP_MEGABYTES = 256
/** A mail that takes longer is made to. */
const LONGEST_MILLISECONDS = 10_000

export interface Parser {
  /** Takes a mail apart, elsewhere; null for one that cannot be, or that takes too much time or memory. */
  parse(raw: Buffer): Promise<Parsed | null>
  close(): void
}
interface Job {
  readonly raw: Buffer
  readonly resolve: (parsed: Parsed | null) => void
}

/**
 * Parses mail in child processes, one mail at a time in each. Worker threads would not do: running out of memory in one can end
 * the whole process. A child that dies costs its own mail alone, and is replaced.
 */
export function openParser(): Parser {
  const queue: Job[] = []
  const idle: ChildProcess[] = []
  const children = new Map<ChildProcess, Running | undefined>()

  const start = (): ChildProcess => {
    const child = fork(sibling(import.meta.url, 'parse'), {
      execArgv: [...process.execArgv, `--max-old-space-size=${HEAP_MEGABYTES}`],
      serialization: 'advanced',
      stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
    })
    children.set(child, undefined)
    child.on('message', ({ parsed }: ParseResult) => {
      idle.push(child)
      finish(child, parsed)
    })
    child.on('error', () => child.kill('SIGKILL'))
    child.on('exit', (code, signal) => {
      if (idle.includes(child)) idle.splice(idle.indexOf(child), 1)
      if (children.get(child)) events.parserDied(`${signal ?? `exit ${code}`}`)
      finish(child, null)
      children.delete(child)
      next()
    })
    return child
  }
  const finish = (child: ChildProcess, parsed: Parsed | null) => {
    const running = children.get(child)
    if (!running) return
    clearTimeout(running.timer)
    children.set(child, undefined)
    running.job.resolve(parsed)
    next()
  }
  const next = () => {
    if (queue.length === 0) return
    const child = idle.pop() ?? (children.size < PROCESSES ? start() : undefined)
    if (!child) return
    const job = queue.shift()!
    children.set(child, { job, timer: setTimeout(() => child.kill('SIGKILL'), LONGEST_MILLISECONDS) })
    child.send(job.raw)
  }
  return {
    parse: raw =>
      new Promise(resolve => {
        queue.push({ raw, resolve })
        next()
      }),
    close: () => {
      for (const child of children.keys()) child.kill('SIGKILL')
    },
  }
}

interface Running {
  readonly job: Job
  readonly timer: NodeJS.Timeout
}
