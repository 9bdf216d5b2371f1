// One thing: how files are written under their names, read, and removed.
import { createHash, randomUUID } from 'node:crypto'
import { rmSync, statSync } from 'node:fs'
import { open, readdir, readFile, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import type { Readable } from 'node:stream'
import {
  absent,
  makeDirectory,
  noRoom,
  renameDurably,
  SyncFailed,
  writeDurably,
  writeSynced,
} from '../disk.ts'
import type { Pieces } from '../store.ts'
import type { FileName } from '../tables.ts'

/** The directory for files whose name, a hash, is not known yet. */
const ARRIVING = 'arriving'

/**
 * The files on disk, named by their SHA-256, in 256 directories. It does not decide which of them are needed. Writing throws Failure
 * `full` if the disk is full.
 */
export class StoredBytes {
  readonly #directory: string
  readonly #fatal: (error: Error) => void
  readonly #writing = new Map<FileName, Promise<void>>()
  /** Keyed by the temporary path. */
  readonly #arriving = new Map<string, Promise<FileName>>()
  readonly #directories = new Map<string, Promise<void>>()

  /** `fatal` is called when a sync failed; it must end the process. */
  constructor(directory: string, fatal: (error: Error) => void) {
    this.#directory = directory
    this.#fatal = fatal
  }

  /** Makes bytes durable under their name, unless the file exists or is being written. */
  write(name: FileName, bytes: Uint8Array): Promise<void> {
    return this.#once(name, async () => {
      const directory = join(this.#directory, name.slice(0, 2))
      await this.#made(directory)
      await writeDurably(this.#path(name), join(directory, `${name}.${randomUUID()}`), bytes)
    })
  }

  /**
   * Writes bytes whose name is known only after the last piece. `keep` gets the name and a function that makes the file durable under
   * it. Also throws what the pieces throw.
   */
  take(
    pieces: Pieces,
    keep: (name: FileName, write: () => Promise<void>) => Promise<void>,
  ): Promise<FileName> {
    const place = join(this.#directory, ARRIVING, randomUUID())
    const arriving = this.#take(place, pieces, keep).finally(() => this.#arriving.delete(place))
    this.#arriving.set(place, arriving)
    return arriving
  }

  async #take(
    place: string,
    pieces: Pieces,
    keep: (name: FileName, write: () => Promise<void>) => Promise<void>,
  ): Promise<FileName> {
    const counted = counting(pieces)
    try {
      await this.#made(join(this.#directory, ARRIVING))
      await writeSynced(place, counted.pieces)
    } catch (error) {
      if (counted.broken) throw error
      throw this.#told(error as Error)
    }
    const name = counted.name()
    await keep(name, () => this.#once(name, () => this.#rename(place, name)))
    // It is still there if somebody else put the same bytes meanwhile.
    await rm(place, { force: true })
    return name
  }

  async get(name: FileName): Promise<Buffer | undefined> {
    return readFile(this.#path(name)).catch(absent)
  }

  async stream(name: FileName): Promise<Readable | undefined> {
    const handle = await open(this.#path(name), 'r').catch(absent)
    return handle?.createReadStream()
  }

  /** The size of a file in bytes; 0 if there is no such file. */
  async size(name: FileName): Promise<number> {
    const found = await stat(this.#path(name)).catch(() => undefined)
    return found?.size ?? 0
  }

  /** As `size`, but synchronous. */
  sizeNow(name: FileName): number {
    return statSync(this.#path(name), { throwIfNoEntry: false })?.size ?? 0
  }

  remove(name: FileName): void {
    remove(this.#path(name))
  }

  /** Calls `found` for each file, and removes what a crash left half-written. Does nothing once `ended` gives true. */
  async sweep(found: (name: FileName) => void, ended: () => boolean): Promise<void> {
    for (const name of await namesIn(join(this.#directory, ARRIVING))) {
      const place = join(this.#directory, ARRIVING, name)
      if (!ended() && !this.#arriving.has(place)) remove(place)
    }
    for (const directory of await namesIn(this.#directory)) {
      if (!/^[0-9a-f]{2}$/.test(directory)) continue
      for (const name of await namesIn(join(this.#directory, directory))) {
        // Files with other names are not ours.
        const [, file, temporary] = /^([0-9a-f]{64})(\..+)?$/.exec(name) ?? []
        if (!file || ended()) continue
        if (!temporary) found(file)
        else if (!this.#writing.has(file)) remove(join(this.#directory, directory, name))
      }
    }
  }

  /** Resolves when all running writes are done. */
  async settled(): Promise<void> {
    await Promise.allSettled([...this.#arriving.values(), ...this.#writing.values()])
  }

  async #once(name: FileName, write: () => Promise<void>): Promise<void> {
    try {
      await (this.#writing.get(name) ?? this.#writeOnce(name, write))
    } catch (error) {
      throw this.#told(error as Error)
    }
  }

  #writeOnce(name: FileName, write: () => Promise<void>): Promise<void> {
    if (this.#exists(name)) return Promise.resolve()
    const writing = write().finally(() => this.#writing.delete(name))
    this.#writing.set(name, writing)
    return writing
  }

  async #rename(place: string, name: FileName): Promise<void> {
    await this.#made(join(this.#directory, name.slice(0, 2)))
    await renameDurably(place, this.#path(name))
  }

  /** Creates a directory durably, once for all concurrent callers; tries again after an error. */
  #made(directory: string): Promise<void> {
    const found = this.#directories.get(directory)
    if (found) return found
    const making = makeDirectory(directory)
    this.#directories.set(directory, making)
    making.catch(() => this.#directories.delete(directory))
    return making
  }

  /** The error for the caller when the disk did not take the bytes. */
  #told(error: Error): Error {
    if (!(error instanceof SyncFailed)) return noRoom(error)
    this.#fatal(error)
    return error
  }

  #exists(name: FileName): boolean {
    return statSync(this.#path(name), { throwIfNoEntry: false }) !== undefined
  }

  #path(name: FileName): string {
    return storedPath(this.#directory, name)
  }
}

/** The path of a file below the directory of files. */
export function storedPath(directory: string, name: FileName): string {
  return join(directory, name.slice(0, 2), name)
}

/** Passes pieces on. After the last piece it knows their name; `broken` says whether the source failed. */
function counting(pieces: Pieces): { pieces: Pieces; broken: boolean; name(): FileName } {
  const hash = createHash('sha256')
  const counted = { pieces: counts(), broken: false, name: () => hash.digest('hex') }
  async function* counts(): Pieces {
    try {
      for await (const piece of pieces) {
        hash.update(piece)
        yield piece
      }
    } catch (error) {
      counted.broken = true
      throw error
    }
  }
  return counted
}

/** A directory that cannot be read is left to the next sweep. */
function namesIn(directory: string): Promise<string[]> {
  return readdir(directory).catch(() => [])
}

/** A file that cannot be removed is left to the next sweep; the commit that no longer names it is final. */
function remove(path: string): void {
  try {
    rmSync(path)
  } catch {}
}
