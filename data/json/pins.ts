import { HOUR } from '../durations.ts'
import type { FileName } from '../tables.ts'

/** How long bytes may wait for the commit that names them, where they are not held. */
export const GRACE_MILLISECONDS = HOUR

/** What keeps bytes that no record names yet. */
export interface Pin {
  take(name: FileName): void
  give(name: FileName): void
}

/** The bytes that stay though no record names them, since a commit that does may come. */
export class Pins {
  /** When each was put, by the clock that nobody sets. */
  readonly #put = new Map<FileName, number[]>()
  /** How many holds keep each. */
  readonly #held = new Map<FileName, number>()

  /** Keeps until a commit names it, for an hour at most. */
  readonly forAWhile: Pin = {
    take: name => this.#put.set(name, [...this.#fresh(name), performance.now()]),
    give: name => this.#unput(name),
  }

  /** Keeps until it is given. */
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

  /** A record names it now, which ends one wait; a name that is held may be another's. */
  named(name: FileName): void {
    if (!this.#held.has(name)) this.#unput(name)
  }

  forget(name: FileName): void {
    this.#put.delete(name)
  }

  /** Forgets those that waited in vain. */
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
