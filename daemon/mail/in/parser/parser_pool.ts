import type { Events } from '../../../log/events.ts'
import { version } from '../../../version.ts'
import { ParserChild } from './parser_child.ts'

/** How many processes parse mail. */
export const PROCESSES = 2

/** The events of a pool. */
export interface PoolListener {
  /** A process has become idle, or has ended. */
  changed(): void
  /** A process could not be started; the waiting mails did not cause it. */
  failed(): void
}

/** The processes that parse mail, and which of them are idle. The death of a process is logged. */
export class ParserPool {
  readonly #program: string
  readonly #version = version()
  readonly #longest: number
  readonly #events: Events
  readonly #listener: PoolListener
  readonly #children = new Set<ParserChild>()
  readonly #idle = new Set<ParserChild>()
  #starting = 0
  #isClosed = false

  /** `program` is the file that the processes run; an answer may take `longest` milliseconds. */
  constructor(program: string, longest: number, events: Events, listener: PoolListener) {
    this.#program = program
    this.#longest = longest
    this.#events = events
    this.#listener = listener
  }

  /** The process that became idle last comes first: after a mail, its code and its caches are warm. */
  get idle(): readonly ParserChild[] {
    return [...this.#idle].reverse()
  }

  get starting(): number {
    return this.#starting
  }

  get isFull(): boolean {
    return this.#children.size >= PROCESSES
  }

  /** Whether all processes have started, and each has a mail. */
  get isBusy(): boolean {
    return this.isFull && this.#idle.size === 0 && this.#starting === 0
  }

  take(child: ParserChild): void {
    this.#idle.delete(child)
  }

  /** The child is idle again, unless it has ended. */
  giveBack(child: ParserChild): void {
    if (this.#children.has(child)) this.#idle.add(child)
  }

  /** Starts a process; the listener is told when it is ready, or that it could not be started. */
  start(): void {
    try {
      void this.#follow(new ParserChild(this.#program, this.#version, this.#longest))
    } catch (error) {
      this.#tellFailed((error as Error).message)
    }
  }

  close(): void {
    this.#isClosed = true
    for (const child of this.#children) child.kill()
  }

  async #follow(child: ParserChild): Promise<void> {
    this.#children.add(child)
    this.#starting++
    const began = await child.ready.then(
      () => true,
      () => false,
    )
    this.#starting--
    if (began) {
      this.#idle.add(child)
      this.#listener.changed()
    }
    const reason = await child.gone
    this.#children.delete(child)
    this.#idle.delete(child)
    if (!began) return this.#tellFailed(reason)
    this.#logDeath(reason)
    this.#listener.changed()
  }

  #tellFailed(reason: string): void {
    this.#logDeath(reason)
    this.#listener.failed()
  }

  #logDeath(reason: string): void {
    if (!this.#isClosed) this.#events.parserDied(reason)
  }
}
