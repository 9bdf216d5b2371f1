// One thing: which bytes are there, who names them, and who may remove them.
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
import { Failure } from '../failure.ts'
import { sha256 } from '../secret.ts'
import type { Files, Pieces } from '../store.ts'
import type { FileName } from '../tables.ts'

/** How long bytes may wait for the commit that names them; also how often those that waited in vain are looked for. */
const GRACE_MILLISECONDS = 60 * 60 * 1000
/** Where bytes wait for their name, which is known behind the last of them. */
const ARRIVING = 'arriving'

export interface FilesParts {
  readonly directory: string
  /** What the records name. */
  readonly named: readonly FileName[]
  /** A sync failed; must end the process. */
  fatal(error: Error): void
}

/** Bytes in one file each, named by their SHA-256, in 256 directories. */
export class JsonFiles implements Files {
  readonly #directory: string
  readonly #fatal: (error: Error) => void
  /** When each was put and not yet named by a commit, by the clock that nobody sets: until then it is not removed. */
  readonly #pins = new Map<FileName, number[]>()
  readonly #writing = new Map<FileName, Promise<void>>()
  /** By their place. */
  readonly #arriving = new Map<string, Promise<FileName>>()
  readonly #directories = new Map<string, Promise<void>>()
  /** How many records name each. */
  readonly #named = new Map<FileName, number>()
  readonly #timer: NodeJS.Timeout
  #sweeping: Promise<void> | undefined
  #measured: Promise<void> | undefined
  #bytes = 0
  #stopped = false

  constructor({ directory, named, fatal }: FilesParts) {
    this.#directory = directory
    this.#fatal = fatal
    for (const name of named) this.#count(name, 1)
    this.#timer = setInterval(() => void this.sweep(), GRACE_MILLISECONDS).unref()
  }

  async put(bytes: Uint8Array | Pieces): Promise<FileName> {
    if (this.#stopped) throw new Failure('unavailable', 'The helpdesk is stopping; try again in a minute.')
    if (!(bytes instanceof Uint8Array)) return this.#putPieces(bytes)
    const name = sha256(bytes)
    await this.#keep(name, () => this.#write(name, bytes))
    return name
  }

  async #putPieces(pieces: Pieces): Promise<FileName> {
    const place = join(this.#directory, ARRIVING, randomUUID())
    const arriving = this.#arrive(place, pieces).finally(() => this.#arriving.delete(place))
    this.#arriving.set(place, arriving)
    return arriving
  }

  async #arrive(place: string, pieces: Pieces): Promise<FileName> {
    const counted = counting(pieces)
    try {
      await this.#made(join(this.#directory, ARRIVING))
      await writeSynced(place, counted.pieces)
    } catch (error) {
      if (counted.broken) throw error
      throw this.#told(error as Error)
    }
    const name = counted.name()
    await this.#keep(name, () => this.#rename(place, name, counted.bytes))
    // Others may have put the same meanwhile.
    await rm(place, { force: true })
    return name
  }

  /** Resolves when the bytes of a name are durable under it; `write` is called unless they are there, or on their way. */
  async #keep(name: FileName, write: () => Promise<void>): Promise<void> {
    this.#pins.set(name, [...this.#freshPins(name), performance.now()])
    const writing = this.#writing.get(name) ?? this.#writeOnce(name, write)
    try {
      await writing
    } catch (error) {
      this.#unpin(name)
      throw this.#told(error as Error)
    }
  }

  /** What whoever put the bytes is told of a disk that did not take them. */
  #told(error: Error): Error {
    if (!(error instanceof SyncFailed)) return noRoom(error)
    this.#fatal(error)
    return error
  }

  /** A commit is durable whose records named some files before and name some now. */
  named({ before, after }: { before: readonly FileName[]; after: readonly FileName[] }): void {
    for (const name of after) {
      this.#count(name, 1)
      // A record that is only written again takes nobody's pin.
      if (!before.includes(name)) this.#unpin(name)
    }
    for (const name of before) if (this.#count(name, -1) === 0) this.#drop(name)
  }

  async get(name: FileName): Promise<Buffer | undefined> {
    return readFile(this.#path(name)).catch(absent)
  }

  async stream(name: FileName): Promise<Readable | undefined> {
    const handle = await open(this.#path(name), 'r').catch(absent)
    return handle?.createReadStream()
  }

  async size(): Promise<number> {
    this.#measured ??= this.#measure()
    await this.#measured
    return this.#bytes
  }

  /** What is put and removed from then on is added up; with each sweep it is measured anew. */
  async #measure(): Promise<void> {
    let bytes = 0
    for (const directory of await namesIn(this.#directory)) {
      for (const name of await namesIn(join(this.#directory, directory))) {
        const found = await stat(join(this.#directory, directory, name)).catch(() => undefined)
        bytes += found?.size ?? 0
      }
    }
    this.#bytes = bytes
  }

  /** Removes all that no record names, and what a crash left half-written. Never throws: there is always a next time. */
  sweep(): Promise<void> {
    this.#sweeping ??= this.#sweepAll().finally(() => {
      this.#sweeping = undefined
    })
    return this.#sweeping
  }

  /** Neither writes nor removes anything any more, once what is under way is done. */
  async stop(): Promise<void> {
    this.#stopped = true
    clearInterval(this.#timer)
    await this.#sweeping
    await Promise.allSettled([...this.#arriving.values(), ...this.#writing.values()])
  }

  async #sweepAll(): Promise<void> {
    for (const name of await namesIn(join(this.#directory, ARRIVING))) {
      const place = join(this.#directory, ARRIVING, name)
      if (!this.#stopped && !this.#arriving.has(place)) this.#remove(place)
    }
    for (const directory of await namesIn(this.#directory)) {
      if (!/^[0-9a-f]{2}$/.test(directory)) continue
      for (const name of await namesIn(join(this.#directory, directory))) this.#sweepOne(directory, name)
    }
    for (const name of this.#pins.keys()) if (this.#freshPins(name).length === 0) this.#pins.delete(name)
    this.#measured = undefined
  }

  /** What is not called as we call them is not ours. */
  #sweepOne(directory: string, name: string): void {
    const [, file, temporary] = /^([0-9a-f]{64})(\..+)?$/.exec(name) ?? []
    if (!file || this.#stopped) return
    if (!temporary && !this.#named.has(file)) this.#drop(file)
    if (temporary && !this.#writing.has(file)) this.#remove(join(this.#directory, directory, name))
  }

  /** Unless a commit that names it may be under way. Sync from look to removal, so that no put comes between. */
  #drop(name: FileName): void {
    if (this.#freshPins(name).length > 0) return
    this.#pins.delete(name)
    this.#remove(this.#path(name))
  }

  /** Those that a commit may still come for. */
  #freshPins(name: FileName): number[] {
    const oldest = performance.now() - GRACE_MILLISECONDS
    return (this.#pins.get(name) ?? []).filter(put => put > oldest)
  }

  /** What cannot be removed now is left to the next sweep: the commit that no longer names it stands. */
  #remove(path: string): void {
    try {
      const { size } = statSync(path)
      rmSync(path)
      if (this.#measured) this.#bytes -= size
    } catch {}
  }

  #unpin(name: FileName): void {
    const pins = this.#pins.get(name)?.slice(1) ?? []
    if (pins.length) this.#pins.set(name, pins)
    else this.#pins.delete(name)
  }

  #count(name: FileName, by: number): number {
    const count = (this.#named.get(name) ?? 0) + by
    if (count) this.#named.set(name, count)
    else this.#named.delete(name)
    return count
  }

  #writeOnce(name: FileName, write: () => Promise<void>): Promise<void> {
    if (this.#exists(name)) return Promise.resolve()
    const writing = write().finally(() => this.#writing.delete(name))
    this.#writing.set(name, writing)
    return writing
  }

  async #write(name: FileName, bytes: Uint8Array): Promise<void> {
    const directory = join(this.#directory, name.slice(0, 2))
    await this.#made(directory)
    await writeDurably(this.#path(name), join(directory, `${name}.${randomUUID()}`), bytes)
    if (this.#measured) this.#bytes += bytes.length
  }

  async #rename(place: string, name: FileName, bytes: number): Promise<void> {
    await this.#made(join(this.#directory, name.slice(0, 2)))
    await renameDurably(place, this.#path(name))
    if (this.#measured) this.#bytes += bytes
  }

  /** Resolves when the name of a directory is durable; it is made for all who want it at once, and again when that failed. */
  #made(directory: string): Promise<void> {
    const found = this.#directories.get(directory)
    if (found) return found
    const making = makeDirectory(directory)
    this.#directories.set(directory, making)
    making.catch(() => this.#directories.delete(directory))
    return making
  }

  #exists(name: FileName): boolean {
    return statSync(this.#path(name), { throwIfNoEntry: false }) !== undefined
  }

  #path(name: FileName): string {
    return join(this.#directory, name.slice(0, 2), name)
  }
}

/** Pieces as they come, with what they are together behind the last, and whether it was they that failed. */
function counting(pieces: Pieces): { pieces: Pieces; bytes: number; broken: boolean; name(): FileName } {
  const hash = createHash('sha256')
  const counted = { pieces: counts(), bytes: 0, broken: false, name: () => hash.digest('hex') }
  async function* counts(): Pieces {
    try {
      for await (const piece of pieces) {
        hash.update(piece)
        counted.bytes += piece.length
        yield piece
      }
    } catch (error) {
      counted.broken = true
      throw error
    }
  }
  return counted
}

/** What cannot be looked into is left to the next sweep. */
function namesIn(directory: string): Promise<string[]> {
  return readdir(directory).catch(() => [])
}
