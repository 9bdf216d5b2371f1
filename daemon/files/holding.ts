import type { Readable } from 'node:stream'
import { onDisk } from '../../data/blocks.ts'
import type { Files, Hold, Pieces, Store, Usage } from '../../data/store.ts'
import type { FileName } from '../../data/tables.ts'
import type { Room } from '../disk_space.ts'
import type { Shares } from './shares.ts'

/** The bytes that one file has reserved. */
interface Reserved {
  bytes: number
}

/** The files of one call or mail, within the share of its sender. At the end, those that no record names are removed. */
export class Holding implements Files {
  /** The store, with this object as its `files`. */
  readonly store: Store
  readonly #files: Files
  readonly #shares: Shares
  readonly #room: Room
  /** The sender network whose share the files use; undefined for a proven sender. */
  readonly network: string | undefined
  /** The puts in progress: one of several may fail before the others have begun to write. */
  readonly #puts = new Set<Promise<unknown>>()
  #hold: Hold | undefined
  #reserved = 0

  constructor(store: Store, shares: Shares, room: Room, network: string | undefined) {
    this.#files = store.files
    this.#shares = shares
    this.#room = room
    this.network = network
    this.store = {
      read: work => store.read(work),
      transact: work => store.transact(work),
      search: (table, search) => store.search(table, search),
      watch: (table, wake) => store.watch(table, wake),
      files: this,
      free: () => store.free(),
      keys: () => store.keys(),
      close: () => store.close(),
    }
  }

  /** Throws NoShare, and Failure `full` if the disk has no room. */
  put(bytes: Uint8Array | Pieces): Promise<FileName> {
    return this.#awaited(this.#put(bytes))
  }

  async #put(bytes: Uint8Array | Pieces): Promise<FileName> {
    await this.#room()
    const reserved = { bytes: 0 }
    try {
      if (!(bytes instanceof Uint8Array)) return await this.hold().put(this.#within(reserved, bytes))
      await this.#grow(reserved, bytes.length)
      return await this.hold().put(bytes)
    } catch (error) {
      this.#give(reserved.bytes)
      throw error
    }
  }

  /** Puts bytes without reserving room. They are removed at the end unless a record names them, which needs `reserveRaw` first. */
  async spool(pieces: Pieces): Promise<FileName> {
    await this.#room()
    return this.hold().put(this.#roomy(pieces))
  }

  /** Reserves room for a spooled raw mail of `bytes` bytes. Throws as `put` does. */
  async reserveRaw(bytes: number): Promise<void> {
    await this.#room()
    await this.#shares.reserveRaw(this.network, onDisk(bytes))
    this.#reserved += onDisk(bytes)
  }

  /** Puts a raw mail, for which fewer raw mails of others are dropped than for other files. Throws as `put` does. */
  putRaw(bytes: Uint8Array): Promise<FileName> {
    return this.#awaited(this.reserveRaw(bytes.length).then(() => this.hold().put(bytes)))
  }

  /** Whether `bytes` bytes fit without dropping a raw mail. */
  fits(bytes: number): Promise<boolean> {
    return this.#shares.fits(this.network, bytes)
  }

  get(name: FileName): Promise<Buffer | undefined> {
    return this.#files.get(name)
  }

  stream(name: FileName): Promise<Readable | undefined> {
    return this.#files.stream(name)
  }

  usage(): Promise<Usage> {
    return this.#files.usage()
  }

  /** The hold that keeps the files until the end. */
  hold(): Hold {
    this.#hold ??= this.#files.hold()
    return this.#hold
  }

  /** Whether anything was put or reserved; most calls have no file. */
  get isUsed(): boolean {
    return this.#hold !== undefined || this.#puts.size > 0 || this.#reserved > 0
  }

  /** To be called when the commit is durable, or will not happen. */
  async end(): Promise<void> {
    await Promise.allSettled(this.#puts)
    await this.#hold?.end()
    this.#give(this.#reserved)
  }

  #awaited(put: Promise<FileName>): Promise<FileName> {
    this.#puts.add(put)
    return put.finally(() => this.#puts.delete(put))
  }

  async *#within(reserved: Reserved, pieces: Pieces): Pieces {
    let size = 0
    for await (const piece of this.#roomy(pieces)) {
      size += piece.length
      await this.#grow(reserved, size)
      yield piece
    }
  }

  async *#roomy(pieces: Pieces): Pieces {
    for await (const piece of pieces) {
      await this.#room()
      yield piece
    }
  }

  /** Reserves what a file of `size` bytes needs in addition to what it has reserved. */
  async #grow(reserved: Reserved, size: number): Promise<void> {
    const more = onDisk(size) - reserved.bytes
    if (more <= 0) return
    await this.#shares.reserve(this.network, more)
    reserved.bytes += more
    this.#reserved += more
  }

  #give(bytes: number): void {
    if (bytes > 0) this.#shares.give(this.network, bytes)
    this.#reserved -= bytes
  }
}
