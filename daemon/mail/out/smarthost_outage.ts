import { WAITS, waitAfter } from './delivery_result.ts'

/** How long the smarthost is left alone when it was down. It is asked often whether it is back, since one letter is enough for that. */
const QUIET = WAITS.slice(0, 3)

/** Whether the smarthost was down at the last attempt, and how long it is left alone. Moments are in milliseconds since 1970. */
export class SmarthostOutage {
  /** How often in a row it was down. */
  #downs = 0
  #quietUntil = 0

  get isDown(): boolean {
    return this.#downs > 0
  }

  /** For how many milliseconds it is still left alone; 0 when it may be asked. */
  left(now: number): number {
    return Math.max(0, this.#quietUntil - now)
  }

  /** It was down: it is left alone, for longer each time. Gives false where it is left alone already. */
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
