import { waitAfter } from './outbox_waits.ts'

/** Whether the smarthost was down at the last attempt, and until when no letter is attempted. Times are in milliseconds since 1970. */
export class SmarthostOutage {
  readonly #pauses: readonly number[]
  /** How many pauses have begun in a row. */
  #downs = 0
  #began = 0
  #quietUntil = 0

  constructor(pauses: readonly number[]) {
    this.#pauses = pauses
  }

  get isDown(): boolean {
    return this.#downs > 0
  }

  /** When the outage began; undefined if there is none. */
  get began(): number | undefined {
    return this.isDown ? this.#began : undefined
  }

  /** How many milliseconds of the pause are left; 0 if a letter may be attempted. */
  left(now: number): number {
    return Math.max(0, this.#quietUntil - now)
  }

  /** Begins a pause, longer each time, unless one is running. Gives whether the outage begins with it. */
  begin(now: number): boolean {
    if (this.left(now) > 0) return false
    const isNew = !this.isDown
    if (isNew) this.#began = now
    this.#quietUntil = now + waitAfter(this.#downs, this.#pauses)
    this.#downs++
    return isNew
  }

  /** Gives how long the outage lasted that ends; undefined if there was none. */
  end(now: number): number | undefined {
    if (!this.isDown) return undefined
    this.#downs = 0
    this.#quietUntil = 0
    return now - this.#began
  }
}
