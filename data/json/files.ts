// One thing: which records name a file, and when a file may be removed.
import type { Readable } from 'node:stream'
import { Failure } from '../failure.ts'
import type { KeptFile } from '../kept_files.ts'
import { sha256 } from '../secret.ts'
import type { Files, Hold, Pieces, Usage } from '../store.ts'
import type { FileName } from '../tables.ts'
import { Holdings } from './holdings.ts'
import { GRACE_MILLISECONDS, type Pin, Pins } from './pins.ts'
import { StoredBytes } from './stored_bytes.ts'

/** How many file sizes are read at the same time. */
const LOOKS = 32

export interface FilesParts {
  readonly directory: string
  /** The files that the records name. */
  readonly named: Iterable<KeptFile>
  /** A sync failed; must end the process. */
  fatal(error: Error): void
}

/** The files of the embedded store: those that records name, and those that wait for their record. */
export class JsonFiles implements Files {
  readonly #bytes: StoredBytes
  readonly #pins = new Pins()
  readonly #holdings = new Holdings()
  readonly #timer: NodeJS.Timeout
  #sweeping: Promise<void> | undefined
  #measured: Promise<void> | undefined
  #stopped = false

  constructor({ directory, named, fatal }: FilesParts) {
    this.#bytes = new StoredBytes(directory, fatal)
    for (const kept of named) this.#holdings.add(kept)
    this.#timer = setInterval(() => void this.sweep(), GRACE_MILLISECONDS).unref()
  }

  put(bytes: Uint8Array | Pieces): Promise<FileName> {
    return this.#put(bytes, this.#pins.forAWhile)
  }

  hold(): Hold {
    const names: FileName[] = []
    const puts = new Set<Promise<unknown>>()
    const { take, give } = this.#pins.untilGiven
    const pin: Pin = {
      take: name => {
        names.push(name)
        take(name)
      },
      give: name => {
        names.splice(names.indexOf(name), 1)
        give(name)
      },
    }
    return {
      put: bytes => {
        const put = this.#put(bytes, pin)
        puts.add(put)
        return put.finally(() => puts.delete(put))
      },
      end: async () => {
        await Promise.allSettled(puts)
        for (const name of names.splice(0)) {
          give(name)
          if (!this.#stopped && !this.#holdings.has(name)) this.#drop(name)
        }
      },
    }
  }

  async usage(): Promise<Usage> {
    this.#measured ??= this.#measure()
    await this.#measured
    return this.#holdings
  }

  async #put(bytes: Uint8Array | Pieces, pin: Pin): Promise<FileName> {
    if (this.#stopped) throw stopping()
    if (!(bytes instanceof Uint8Array))
      return this.#bytes.take(bytes, (name, write) => this.#pinned(name, pin, write))
    const name = sha256(bytes)
    await this.#pinned(name, pin, () => this.#bytes.write(name, bytes))
    return name
  }

  /** Pins first, so that an existing file is not removed meanwhile. */
  async #pinned(name: FileName, pin: Pin, write: () => Promise<void>): Promise<void> {
    pin.take(name)
    try {
      await write()
    } catch (error) {
      pin.give(name)
      throw error
    }
  }

  /** To be called when a commit is durable: the files that its records named before, and those they name now. */
  named({ before, after }: { before: readonly KeptFile[]; after: readonly KeptFile[] }): void {
    const former = new Set(before.map(({ file }) => file))
    for (const kept of after) {
      this.#holdings.add(kept)
      // A record that named the file before does not use up the pin of another commit.
      if (!former.has(kept.file)) this.#pins.named(kept.file)
      if (kept.size === undefined) this.#look(kept.file)
    }
    for (const kept of before) {
      this.#holdings.remove(kept)
      if (!this.#holdings.has(kept.file)) this.#drop(kept.file)
    }
  }

  get(name: FileName): Promise<Buffer | undefined> {
    return this.#bytes.get(name)
  }

  stream(name: FileName): Promise<Readable | undefined> {
    return this.#bytes.stream(name)
  }

  /** Reads the sizes that no record says; the size of a later file is read when a record names it. */
  async #measure(): Promise<void> {
    const names = [...this.#holdings.unsized].values()
    const looks = Array.from({ length: LOOKS }, async () => {
      for (const name of names) this.#holdings.measured(name, await this.#bytes.size(name))
    })
    await Promise.all(looks)
  }

  #look(name: FileName): void {
    if (this.#holdings.unsized.has(name)) this.#holdings.measured(name, this.#bytes.sizeNow(name))
  }

  /** Removes the files that no record names, and those that a crash left half-written. Never throws: the next sweep tries again. */
  sweep(): Promise<void> {
    this.#sweeping ??= this.#sweepAll().finally(() => {
      this.#sweeping = undefined
    })
    return this.#sweeping
  }

  async #sweepAll(): Promise<void> {
    const found = (name: FileName) => {
      if (!this.#holdings.has(name)) this.#drop(name)
    }
    await this.#bytes.sweep(found, () => this.#stopped)
    this.#pins.tidy()
  }

  /** Waits for running writes and removals; afterwards the files do not change. */
  async stop(): Promise<void> {
    this.#stopped = true
    clearInterval(this.#timer)
    await this.#sweeping
    await this.#bytes.settled()
  }

  /** Removes a file, unless a running commit may name it. Synchronous, so that no put comes between check and removal. */
  #drop(name: FileName): void {
    if (this.#pins.keep(name)) return
    this.#pins.forget(name)
    this.#bytes.remove(name)
  }
}

/** The refusal of what comes after the store was closed. */
export function stopping(): Failure {
  return new Failure('unavailable', 'The helpdesk is stopping; try again in a minute.')
}
