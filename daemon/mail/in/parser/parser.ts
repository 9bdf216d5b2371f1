// One thing: which mail is parsed when, by which process. All of it shares what waits and what is under way.

import { fileURLToPath } from 'node:url'
import { SECOND } from '../../../../data/durations.ts'
import { Failure } from '../../../../data/failure.ts'
import type { Events } from '../../../log/events.ts'
import { type Child, ChildGone, NotAsked, startChild } from './parser_child.ts'
import { ParserShares, SLOW_MILLISECONDS } from './parser_shares.ts'
import { converse, type Parsed, type RawBytes } from './parser_talk.ts'

const PROCESSES = 2
/** A mail that takes longer is cut off. */
const LONGEST_MILLISECONDS = 10 * SECOND
/** The same while mail of others waits for its process; for a large one that is only other large mail. */
const LONGEST_UNDER_LOAD = 1000
const LONGEST_LARGE_UNDER_LOAD = 4000
/**
 * How many large mails may wait, in all and of one source: even if each takes all its time, no client gives up before its turn (RFC 5321
 * 4.5.3.2.6).
 */
const MOST_LARGE_WAITING = 40
const MOST_LARGE_OF_ONE = 10

export interface Parser {
  /**
   * Takes a mail of a source apart, elsewhere, and gives what `take` makes of it; null for one that cannot be taken apart, or that takes
   * too much time or memory. Throws Failure `unavailable` when no process can be started, when too many large mails wait, or when we stop,
   * and what `take` throws.
   */
  parse<R>(raw: RawBytes, source: string, take: (parsed: Parsed) => Promise<R>): Promise<R | null>
  close(): void
}
interface Job {
  readonly source: string
  readonly isLarge: boolean
  /** Does it with this child. Throws NotAsked where it must be done once more. */
  run(work: Work): Promise<void>
  refuse(): void
}
interface Work {
  readonly job: Job
  readonly child: Child
  readonly since: number
  /** It is parsed, and only has to be fetched. */
  isRead: boolean
  /** It begins again later, since its source has both processes and others have none. */
  isPutBack: boolean
}

/**
 * Parses mail in child processes, one mail at a time in each, and one large mail at a time, so that small ones always have a process.
 * The source that has had least is next; while others wait, a slow source has one process, and each mail has less time. Worker threads
 * would not do: one that runs out of memory can end the whole process. A child that dies costs its own mail alone, and is replaced.
 * `program` and `longest` are for tests.
 */
export function openParser(
  events: Events,
  program = fileURLToPath(new URL('parse.js', import.meta.url)),
  longest = LONGEST_MILLISECONDS,
): Parser {
  const waiting: Job[] = []
  const shares = new ParserShares()
  const children = new Set<Child>()
  const idle = new Set<Child>()
  const underWay = new Set<Work>()
  let starting = 0
  let closed = false
  let timer: NodeJS.Timeout | undefined

  const next = (): void => {
    if (closed) return
    for (const child of idle) {
      const job = shares.first(waiting.filter(mayBegin))
      if (!job) break
      waiting.splice(waiting.indexOf(job), 1)
      void work({ job, child, since: performance.now(), isRead: false, isPutBack: false })
    }
    if (waiting.length > starting && children.size < PROCESSES) start()
    hurry()
  }
  const mayBegin = ({ isLarge, source }: Job): boolean =>
    shares.mayBegin(source) && !(isLarge && largeUnderWay())
  const largeUnderWay = (): boolean => [...underWay].some(({ job }) => job.isLarge)
  const work = async (begun: Work): Promise<void> => {
    const { job, child, since } = begun
    let isLost = false
    idle.delete(child)
    underWay.add(begun)
    shares.begin(job.source)
    try {
      await job.run(begun)
    } catch {
      // The child died before it looked at this mail, or the mail was put back. Nothing more goes to this child.
      child.kill()
      isLost = true
      if (closed) job.refuse()
      else waiting.unshift(job)
    }
    underWay.delete(begun)
    shares.end(job.source, performance.now() - since)
    if (children.has(child) && !isLost) idle.add(child)
    next()
  }
  /** Ends or puts back the mail whose time is over while others wait for its process, and looks again when the next one's is. */
  const hurry = (): void => {
    clearTimeout(timer)
    let soonest = Number.POSITIVE_INFINITY
    for (const begun of underWay) {
      if (begun.isRead || !isAwaited(begun)) continue
      const left = begun.since + timeFor(begun) - performance.now()
      if (left > 0) soonest = Math.min(soonest, left)
      else {
        // Set once: a child that is being killed may be looked at again.
        begun.isPutBack ||= hasBoth(begun)
        begun.child.kill()
        // One process is enough for now: the rest is looked at when the new one is there.
        return
      }
    }
    if (soonest < Number.POSITIVE_INFINITY) timer = setTimeout(hurry, Math.ceil(soonest)).unref()
  }
  /** Whether others wait for its process: large mail for a large one to end, and other mail for any process. */
  const isAwaited = ({ job }: Work): boolean => {
    const others = waiting.filter(({ source }) => source !== job.source)
    if (job.isLarge) return others.some(({ isLarge }) => isLarge)
    return idle.size === 0 && starting === 0 && children.size === PROCESSES && others.some(mayBegin)
  }
  const hasBoth = ({ job }: Work): boolean => shares.underWay(job.source) === PROCESSES
  const timeFor = (begun: Work): number => {
    if (begun.job.isLarge) return LONGEST_LARGE_UNDER_LOAD
    return hasBoth(begun) ? SLOW_MILLISECONDS : LONGEST_UNDER_LOAD
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
  const tooManyLarge = (source: string): boolean => {
    const large = waiting.filter(job => job.isLarge)
    const ofOne = large.filter(job => job.source === source)
    return large.length >= MOST_LARGE_WAITING || ofOne.length >= MOST_LARGE_OF_ONE
  }
  return {
    parse: (raw, source, take) =>
      new Promise((resolve, reject) => {
        const isLarge = !(raw instanceof Uint8Array)
        if (closed) return reject(unavailable())
        if (isLarge && tooManyLarge(source)) return reject(tooMany())
        const refuse = () => reject(unavailable())
        const run = async (begun: Work) => {
          const takeIt = (parsed: Parsed) => {
            begun.isRead = true
            return take(parsed)
          }
          try {
            resolve(await converse(begun.child, raw, takeIt))
          } catch (error) {
            if (error instanceof NotAsked) throw error
            if (!(error instanceof ChildGone)) reject(error)
            else if (closed) refuse()
            else if (begun.isPutBack) throw new NotAsked('it was put back')
            else resolve(null)
          }
        }
        waiting.push({ source, isLarge, run, refuse })
        next()
      }),
    close: () => {
      closed = true
      clearTimeout(timer)
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
