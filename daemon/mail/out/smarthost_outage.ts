import { WAITS, waitAfter } from './delivery_result.ts'

/** The pauses after an outage. They stay short, because a single letter is enough to test the smarthost. */
const QUIET = WAITS.slice(0, 3)

/** Whether the smarthost was down at the last attempt, and until when no letter is attempted. Times are in milliseconds since 1970. */
export class SmarthostOutage {
  /** How many pauses have begun in a row. */
  #downs = 0
  #quietUntil = 0

  get isDown(): boolean {
    return this.#downs > 0
  }

  /** How many milliseconds of the pause are left; 0 if a letter may be attempted. */
  left(now: number): number {
    return Math.max(0, this.#quietUntil - now)
  }

  /** Begins a pause, longer each time. Gives false if a pause is running already. */
  begin(now: number): boolean {
    if (this.left(now) > 0) return false
    this.#quietUntil = now + waitAfter(this.#downs, QUIET)
    this.#downs++
    return true
  }

  end(): void {
    this.#downs = 0
    this.#quietUntil = 0
  }
}
