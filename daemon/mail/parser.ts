import { fileURLToPath } from 'node:url'
import { Failure } from '../../data/failure.ts'
import { events } from '../events.ts'
import { type Child, ChildGone, NotAsked, startChild } from './parser_child.ts'
import { converse, type Parsed, type RawBytes } from './parser_talk.ts'

const PROCESSES = 2
/** A mail that takes longer is made to. */
const LONGEST_MILLISECONDS = 10_000
/** So many large mails wait at the most: even if each takes all its time, nobody who sent one has given up before (RFC 5321 4.5.3.2.6). */
const MOST_LARGE_WAITING = 40

export interface Parser {
  /**
   * Takes a mail apart, elsewhere, and gives what `take` makes of it; null for one that cannot be taken apart, or that takes too much
   * time or memory. Throws Failure `unavailable` when no process can be started, when too many large mails wait, or when we stop, and what `take` throws.
   */
  parse<R>(raw: RawBytes, take: (parsed: Parsed) => Promise<R>): Promise<R | null>
  close(): void
}
interface Job {
  readonly isLarge: boolean
  /** Does it with this child. */
  run(child: Child): Promise<void>
  refuse(): void
}

/**
 * Parses mail in child processes, one mail at a time in each, and one large mail at a time, so that small ones always have a process.
 * Worker threads would not do: running out of memory in one can end the whole process. A child that dies costs its own mail alone,
 * and is replaced. `program` and `longest` are for tests.
 */
export function openParser(
  program = fileURLToPath(new URL('parse.js', import.meta.url)),
  longest = LONGEST_MILLISECONDS,
): Parser {
  const waiting: Job[] = []
  const children = new Set<Child>()
  const idle = new Set<Child>()
  let starting = 0
  let largeUnderWay = 0
  let closed = false

  const next = (): void => {
    if (closed) return
    for (const child of idle) {
      const at = waiting.findIndex(({ isLarge }) => !isLarge || largeUnderWay === 0)
      if (at < 0) return
      void work(child, waiting.splice(at, 1)[0]!)
    }
    if (waiting.length > starting && children.size < PROCESSES) start()
  }
  const work = async (child: Child, job: Job): Promise<void> => {
    idle.delete(child)
    if (job.isLarge) largeUnderWay++
    try {
      await job.run(child)
    } catch {
      // It died before it could look: that is not the doing of this mail.
      if (closed) job.refuse()
      else waiting.unshift(job)
    }
    if (job.isLarge) largeUnderWay--
    if (children.has(child)) idle.add(child)
    next()
  }
  const start = (): void => {
    try {
      void follow(startChild(program, longest))
    } catch (error) {
      refuseAll((error as Error).message)
    }
  }
  const follow = async (child: Child): Promise<void> => {
    children.add(child)
    starting++
    const began = await child.ready.then(
      () => true,
      () => false,
    )
    starting--
    if (began) {
      idle.add(child)
      next()
    }
    const reason = await child.gone
    children.delete(child)
    idle.delete(child)
    if (!began) return refuseAll(reason)
    if (!closed) events.parserDied(reason)
    next()
  }
  /** A parser that cannot even begin is no fault of the mails that wait for it. */
  const refuseAll = (reason: string): void => {
    if (!closed) events.parserDied(reason)
    for (const job of waiting.splice(0)) job.refuse()
  }
  return {
    parse: (raw, take) =>
      new Promise((resolve, reject) => {
        const isLarge = !(raw instanceof Uint8Array)
        if (closed) return reject(unavailable())
        if (isLarge && waiting.filter(job => job.isLarge).length >= MOST_LARGE_WAITING)
          return reject(tooMany())
        const refuse = () => reject(unavailable())
        const run = async (child: Child) => {
          try {
            resolve(await converse(child, raw, take))
          } catch (error) {
            if (error instanceof NotAsked) throw error
            if (!(error instanceof ChildGone)) reject(error)
            else if (closed) refuse()
            else resolve(null)
          }
        }
        waiting.push({ isLarge, run, refuse })
        next()
      }),
    close: () => {
      closed = true
      for (const job of waiting.splice(0)) job.refuse()
      for (const child of children) child.kill()
    },
  }
}

function tooMany(): Failure {
  return new Failure('unavailable', 'Too many large mails are being read; send it again later.')
}

function unavailable(): Failure {
  return new Failure('unavailable', 'Mail cannot be read here just now; send it again later.')
}
