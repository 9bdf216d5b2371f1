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
import type { Files, Hold, Pieces, Usage } from '../store.ts'
import type { FileName, KeptFile } from '../tables.ts'
import { Holdings } from './holdings.ts'
import { GRACE_MILLISECONDS, type Pin, Pins } from './pins.ts'

/** How many files are looked at at once, where no record says their size. */
const LOOKS = 32
/** Where bytes wait for their name, which is known behind the last of them. */
const ARRIVING = 'arriving'

export interface FilesParts {
  readonly directory: string
  /** What the records name. */
  readonly named: Iterable<KeptFile>
  /** A sync failed; must end the process. */
  fatal(error: Error): void
}

/** Bytes in one file each, named by their SHA-256, in 256 directories. */
export class JsonFiles implements Files {
  readonly #directory: string
  readonly #fatal: (error: Error) => void
  readonly #pins = new Pins()
  readonly #writing = new Map<FileName, Promise<void>>()
  /** By their place. */
  readonly #arriving = new Map<string, Promise<FileName>>()
  readonly #directories = new Map<string, Promise<void>>()
  readonly #holdings = new Holdings()
  readonly #timer: NodeJS.Timeout
  #sweeping: Promise<void> | undefined
  #measured: Promise<void> | undefined
  #stopped = false

  constructor({ directory, named, fatal }: FilesParts) {
    this.#directory = directory
    this.#fatal = fatal
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
    if (this.#stopped) throw new Failure('unavailable', 'The helpdesk is stopping; try again in a minute.')
    if (!(bytes instanceof Uint8Array)) return this.#putPieces(bytes, pin)
    const name = sha256(bytes)
    await this.#keep(name, pin, () => this.#write(name, bytes))
    return name
  }

  async #putPieces(pieces: Pieces, pin: Pin): Promise<FileName> {
    const place = join(this.#directory, ARRIVING, randomUUID())
    const arriving = this.#arrive(place, pieces, pin).finally(() => this.#arriving.delete(place))
    this.#arriving.set(place, arriving)
    return arriving
  }

  async #arrive(place: string, pieces: Pieces, pin: Pin): Promise<FileName> {
    const counted = counting(pieces)
    try {
      await this.#made(join(this.#directory, ARRIVING))
      await writeSynced(place, counted.pieces)
    } catch (error) {
      if (counted.broken) throw error
      throw this.#told(error as Error)
    }
    const name = counted.name()
    await this.#keep(name, pin, () => this.#rename(place, name))
    // Others may have put the same meanwhile.
    await rm(place, { force: true })
    return name
  }

  /** Resolves when the bytes of a name are durable under it; `write` is called unless they are there, or on their way. */
  async #keep(name: FileName, pin: Pin, write: () => Promise<void>): Promise<void> {
    pin.take(name)
    const writing = this.#writing.get(name) ?? this.#writeOnce(name, write)
    try {
      await writing
    } catch (error) {
      pin.give(name)
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
  named({ before, after }: { before: readonly KeptFile[]; after: readonly KeptFile[] }): void {
    const former = new Set(before.map(({ file }) => file))
    for (const kept of after) {
      this.#holdings.add(kept)
      // A record that is only written again takes nobody's pin.
      if (!former.has(kept.file)) this.#pins.named(kept.file)
      if (kept.size === undefined) this.#look(kept.file)
    }
    for (const kept of before) {
      this.#holdings.remove(kept)
      if (!this.#holdings.has(kept.file)) this.#drop(kept.file)
    }
  }

  async get(name: FileName): Promise<Buffer | undefined> {
    return readFile(this.#path(name)).catch(absent)
  }

  async stream(name: FileName): Promise<Readable | undefined> {
    const handle = await open(this.#path(name), 'r').catch(absent)
    return handle?.createReadStream()
  }

  /** Looks up the sizes that no record says; a file that comes later is looked at when it is named. */
  async #measure(): Promise<void> {
    const names = [...this.#holdings.unsized].values()
    const looks = Array.from({ length: LOOKS }, async () => {
      for (const name of names) {
        const found = await stat(this.#path(name)).catch(() => undefined)
        this.#holdings.measured(name, found?.size ?? 0)
      }
    })
    await Promise.all(looks)
  }

  #look(name: FileName): void {
    if (!this.#holdings.unsized.has(name)) return
    this.#holdings.measured(name, statSync(this.#path(name), { throwIfNoEntry: false })?.size ?? 0)
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
    this.#pins.tidy()
  }

  /** What is not called as we call them is not ours. */
  #sweepOne(directory: string, name: string): void {
    const [, file, temporary] = /^([0-9a-f]{64})(\..+)?$/.exec(name) ?? []
    if (!file || this.#stopped) return
    if (!temporary && !this.#holdings.has(file)) this.#drop(file)
    if (temporary && !this.#writing.has(file)) this.#remove(join(this.#directory, directory, name))
  }

  /** Unless a commit that names it may be under way. Sync from look to removal, so that no put comes between. */
  #drop(name: FileName): void {
    if (this.#pins.keep(name)) return
    this.#pins.forget(name)
    this.#remove(this.#path(name))
  }

  /** What cannot be removed now is left to the next sweep: the commit that no longer names it stands. */
  #remove(path: string): void {
    try {
      rmSync(path)
    } catch {}
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
  }

  async #rename(place: string, name: FileName): Promise<void> {
    await this.#made(join(this.#directory, name.slice(0, 2)))
    await renameDurably(place, this.#path(name))
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

/** Hands on pieces; knows their name behind the last, and whether it was the pieces that failed. */
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

/** What cannot be looked into is left to the next sweep. */
function namesIn(directory: string): Promise<string[]> {
  return readdir(directory).catch(() => [])
}
