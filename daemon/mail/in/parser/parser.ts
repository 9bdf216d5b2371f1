// One thing: it decides which mail is parsed when, and how long that may take.
import { fileURLToPath } from 'node:url'
import { Failure } from '../../../../data/failure.ts'
import type { Events } from '../../../log/events.ts'
import { ChildGone, NotAsked, type ParserChild } from './parser_child.ts'
import { ParserPool, PROCESSES } from './parser_pool.ts'
import { converse, type Parsed, type RawBytes } from './parser_protocol.ts'
import { ParserShares } from './parser_shares.ts'
import { PARSER_WAITS, type ParserWaits } from './parser_waits.ts'
import { type ParserJob, type ParserRun, WaitingMails } from './waiting_mails.ts'

/**
 * Parses mail in child processes, one mail at a time in each. Only one large mail is parsed at a time, so that small mails always have a
 * process. The source that has used the least time is next; a slow source has one process, and less time per mail while others wait.
 * Worker threads are no alternative: one that runs out of memory can end the whole process. A child that dies is replaced.
 */
export class Parser {
  readonly #waiting = new WaitingMails()
  readonly #waits: ParserWaits
  readonly #shares: ParserShares
  readonly #pool: ParserPool
  readonly #underWay = new Set<ParserRun>()
  #isClosed = false
  #timer: NodeJS.Timeout | undefined

  /** Only tests pass `program` and `waits`. */
  constructor(
    events: Events,
    program = fileURLToPath(new URL('parser_program.js', import.meta.url)),
    waits = PARSER_WAITS,
  ) {
    this.#waits = waits
    this.#shares = new ParserShares(waits)
    this.#pool = new ParserPool(program, waits.longest, events, {
      changed: () => this.#next(),
      failed: () => this.#waiting.refuseAll(),
    })
  }

  /**
   * Parses a mail in a child process and gives the result of `take`; null if the mail cannot be parsed, or takes too much time or memory.
   * Throws Failure `unavailable` if no process can be started, if too many large mails wait, or during shutdown, and what `take` throws.
   */
  parse<R>(raw: RawBytes, source: string, take: (parsed: Parsed) => Promise<R>): Promise<R | null> {
    return new Promise((resolve, reject) => {
      const refuse = () =>
        reject(new Failure('unavailable', 'Mail cannot be parsed at the moment; try again later.'))
      if (this.#isClosed) return refuse()
      const run = async (run: ParserRun) => {
        const takeIt = (parsed: Parsed) => {
          run.isRead = true
          return take(parsed)
        }
        try {
          resolve(await converse(run.child, raw, takeIt))
        } catch (error) {
          if (error instanceof NotAsked) throw error
          if (!(error instanceof ChildGone)) reject(error)
          else if (this.#isClosed) refuse()
          else if (run.isPutBack) throw new NotAsked('it was put back')
          else resolve(null)
        }
      }
      this.#waiting.add({ source, isLarge: !(raw instanceof Uint8Array), run, refuse })
      this.#next()
    })
  }

  close(): void {
    this.#isClosed = true
    clearTimeout(this.#timer)
    this.#waiting.refuseAll()
    this.#pool.close()
  }

  #next(): void {
    if (this.#isClosed) return
    for (const child of this.#pool.idle) {
      const job = this.#shares.first(this.#waiting.filter(job => this.#mayBegin(job)))
      if (!job) break
      this.#waiting.remove(job)
      void this.#run(job, child)
    }
    if (this.#waiting.count > this.#pool.starting && !this.#pool.isFull) this.#pool.start()
    this.#endOverdue()
  }

  #mayBegin({ isLarge, source }: ParserJob): boolean {
    if (!this.#shares.mayBegin(source)) return false
    return !isLarge || ![...this.#underWay].some(({ job }) => job.isLarge)
  }

  async #run(job: ParserJob, child: ParserChild): Promise<void> {
    const run = { job, child, since: performance.now(), isRead: false, isPutBack: false }
    this.#pool.take(child)
    this.#underWay.add(run)
    this.#shares.begin(job.source)
    const isDone = await job.run(run).then(
      () => true,
      () => false,
    )
    if (!isDone) this.#doAgain(run)
    this.#underWay.delete(run)
    this.#shares.end(job.source, performance.now() - run.since)
    if (isDone) this.#pool.giveBack(child)
    this.#next()
  }

  /** The child died before it got the mail, or the mail was put back. The child is not used again. */
  #doAgain({ job, child }: ParserRun): void {
    child.kill()
    if (this.#isClosed) job.refuse()
    else this.#waiting.putBack(job)
  }

  /** Aborts or puts back a mail whose time is over while others wait for its process, and sets the timer for the next one. */
  #endOverdue(): void {
    clearTimeout(this.#timer)
    let soonest = Number.POSITIVE_INFINITY
    for (const run of this.#underWay) {
      if (run.isRead || !this.#isAwaited(run)) continue
      const left = run.since + this.#timeFor(run) - performance.now()
      if (left > 0) soonest = Math.min(soonest, left)
      else {
        // Keeps its first value: the loop may see the run again until the child has died.
        run.isPutBack ||= this.#hasBoth(run)
        run.child.kill()
        // One process is enough for now: the next look comes when its replacement has started.
        return
      }
    }
    if (soonest < Number.POSITIVE_INFINITY)
      this.#timer = setTimeout(() => this.#endOverdue(), Math.ceil(soonest)).unref()
  }

  /** Whether other sources wait for this process: large mail waits for the large mail to end, other mail for any process. */
  #isAwaited({ job }: ParserRun): boolean {
    const others = this.#waiting.filter(({ source }) => source !== job.source)
    if (job.isLarge) return others.some(({ isLarge }) => isLarge)
    return this.#pool.isBusy && others.some(other => this.#mayBegin(other))
  }

  #hasBoth({ job }: ParserRun): boolean {
    return this.#shares.underWay(job.source) === PROCESSES
  }

  #timeFor(run: ParserRun): number {
    if (run.job.isLarge) return this.#waits.largeUnderLoad
    return this.#hasBoth(run) ? this.#waits.slow : this.#waits.underLoad
  }
}
