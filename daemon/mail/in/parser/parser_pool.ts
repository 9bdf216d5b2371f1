import type { Events } from '../../../log/events.ts'
import { ParserChild } from './parser_child.ts'

/** How many processes parse mail. */
export const PROCESSES = 2

/** What is told of the processes of a pool. */
export interface PoolListener {
  /** One more waits for a mail, or one has gone. */
  changed(): void
  /** One could not even begin, which is no fault of the mails that wait for it. */
  failed(): void
}

/** The processes that parse mail, and which of them have nothing to do. One that dies is told to the log. */
export class ParserPool {
  readonly #program: string
  readonly #longest: number
  readonly #events: Events
  readonly #listener: PoolListener
  readonly #children = new Set<ParserChild>()
  readonly #idle = new Set<ParserChild>()
  #starting = 0
  #isClosed = false

  /** `program` is the file that they run; an answer of theirs may take `longest` milliseconds. */
  constructor(program: string, longest: number, events: Events, listener: PoolListener) {
    this.#program = program
    this.#longest = longest
    this.#events = events
    this.#listener = listener
  }

  get idle(): Iterable<ParserChild> {
    return this.#idle
  }

  get starting(): number {
    return this.#starting
  }

  get isFull(): boolean {
    return this.#children.size >= PROCESSES
  }

  /** Whether all processes are there, and each has a mail. */
  get isBusy(): boolean {
    return this.isFull && this.#idle.size === 0 && this.#starting === 0
  }

  take(child: ParserChild): void {
    this.#idle.delete(child)
  }

  /** The child waits for the next mail, unless it has gone. */
  giveBack(child: ParserChild): void {
    if (this.#children.has(child)) this.#idle.add(child)
  }

  /** Starts one more; the listener hears when it is there, or that it cannot be started. */
  start(): void {
    try {
      void this.#follow(new ParserChild(this.#program, this.#longest))
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
