import { waitAfter } from './outbox_waits.ts'

/** Whether the smarthost was down at the last attempt, and until when no letter is attempted. Times are in milliseconds since 1970. */
export class SmarthostOutage {
  readonly #pauses: readonly number[]
  /** How many pauses have begun in a row. */
  #downs = 0
  #quietUntil = 0

  constructor(pauses: readonly number[]) {
    this.#pauses = pauses
  }

  get isDown(): boolean {
    return this.#downs > 0
  }

  /** How many milliseconds of the pause are left; 0 if a letter may be attempted. */
  left(now: number): number {
    return Math.max(0, this.#quietUntil - now)
  }

  /** Begins a pause, longer each time, unless one is running. */
  begin(now: number): void {
    if (this.left(now) > 0) return
    this.#quietUntil = now + waitAfter(this.#downs, this.#pauses)
    this.#downs++
  }

  /** Gives whether there was an outage. */
  end(): boolean {
    const wasDown = this.isDown
    this.#downs = 0
    this.#quietUntil = 0
    return wasDown
  }
}
