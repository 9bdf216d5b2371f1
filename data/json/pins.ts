import { HOUR } from '../durations.ts'
import type { FileName } from '../tables.ts'

/** How long a file that is not held may wait for the commit that names it. */
export const GRACE_MILLISECONDS = HOUR

/** Keeps a file that no record names yet. */
export interface Pin {
  take(name: FileName): void
  give(name: FileName): void
}

/** The files that stay although no record names them, since a commit that does may follow. */
export class Pins {
  /** When each file was put, by the monotonic clock. */
  readonly #put = new Map<FileName, number[]>()
  /** How many holds keep each file. */
  readonly #held = new Map<FileName, number>()

  /** Keeps a file until a commit names it, for an hour at most. */
  readonly forAWhile: Pin = {
    take: name => this.#put.set(name, [...this.#fresh(name), performance.now()]),
    give: name => this.#unput(name),
  }

  /** Keeps a file until it is given back. */
  readonly untilGiven: Pin = {
    take: name => this.#held.set(name, (this.#held.get(name) ?? 0) + 1),
    give: name => {
      const others = (this.#held.get(name) ?? 1) - 1
      if (others > 0) this.#held.set(name, others)
      else this.#held.delete(name)
    },
  }

  keep(name: FileName): boolean {
    return this.#held.has(name) || this.#fresh(name).length > 0
  }

  /** A record names the file now, which ends one wait; but if it is held, the wait may belong to another commit. */
  named(name: FileName): void {
    if (!this.#held.has(name)) this.#unput(name)
  }

  forget(name: FileName): void {
    this.#put.delete(name)
  }

  /** Forgets the files that waited too long. */
  tidy(): void {
    for (const name of this.#put.keys()) if (this.#fresh(name).length === 0) this.#put.delete(name)
  }

  #fresh(name: FileName): number[] {
    const oldest = performance.now() - GRACE_MILLISECONDS
    return (this.#put.get(name) ?? []).filter(put => put > oldest)
  }

  #unput(name: FileName): void {
    const left = this.#put.get(name)?.slice(1) ?? []
    if (left.length) this.#put.set(name, left)
    else this.#put.delete(name)
  }
}
