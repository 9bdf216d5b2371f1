import { Failure } from '../../../../data/failure.ts'
import type { ParserChild } from './parser_child.ts'

/**
 * How many large mails may wait, in total and of one source: so few that each has its turn before its client times out (RFC 5321
 * 4.5.3.2.6), even if all the others take their full time.
 */
const MOST_LARGE_WAITING = 40
const MOST_LARGE_OF_ONE = 10

/** A mail that waits to be parsed. */
export interface ParserJob {
  readonly source: string
  readonly isLarge: boolean
  /** Parses it with the child of a run. Throws NotAsked if that must be repeated. */
  run(run: ParserRun): Promise<void>
  refuse(): void
}
/** A mail while a child parses it. */
export interface ParserRun {
  readonly job: ParserJob
  readonly child: ParserChild
  readonly since: number
  /** It is parsed; only the result has to be fetched. */
  isRead: boolean
  /** It starts again later, because its source has both processes and others have none. */
  isPutBack: boolean
}

/** The mails that wait for a process, in order of arrival. */
export class WaitingMails {
  readonly #jobs: ParserJob[] = []

  get count(): number {
    return this.#jobs.length
  }

  /** Throws Failure `unavailable` for a large mail while too many large mails wait. */
  add(job: ParserJob): void {
    if (job.isLarge && this.#hasTooManyLarge(job.source))
      throw new Failure('unavailable', 'Too many large mails are waiting; try again later.')
    this.#jobs.push(job)
  }

  /** A mail that must be parsed again goes to the front. */
  putBack(job: ParserJob): void {
    this.#jobs.unshift(job)
  }

  remove(job: ParserJob): void {
    this.#jobs.splice(this.#jobs.indexOf(job), 1)
  }

  filter(test: (job: ParserJob) => boolean): ParserJob[] {
    return this.#jobs.filter(test)
  }

  refuseAll(): void {
    for (const job of this.#jobs.splice(0)) job.refuse()
  }

  #hasTooManyLarge(source: string): boolean {
    const large = this.#jobs.filter(({ isLarge }) => isLarge)
    const ofOne = large.filter(job => job.source === source)
    return large.length >= MOST_LARGE_WAITING || ofOne.length >= MOST_LARGE_OF_ONE
  }
}
