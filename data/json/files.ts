import { createHash, randomUUID } from 'node:crypto'
import { rmSync, statSync } from 'node:fs'
import { mkdir, readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { DIRECTORY_MODE, noRoom, syncDirectory, writeDurably } from '../disk.ts'
import type { Files } from '../store.ts'
import type { FileName } from '../tables.ts'

/** How long bytes may wait for the commit that names them. */
const GRACE_MILLISECONDS = 60 * 60 * 1000

/** Bytes in one file each, named by their SHA-256, in 256 directories. */
export class JsonFiles implements Files {
  readonly #directory: string
  /** When each was put and not yet named by a commit: until then it is not removed. */
  readonly #pins = new Map<FileName, number[]>()
  readonly #writing = new Map<FileName, Promise<void>>()
  /** How many records name each. */
  readonly #named = new Map<FileName, number>()

  constructor(directory: string, named: readonly FileName[]) {
    this.#directory = directory
    for (const name of named) this.#count(name, 1)
  }

  async put(bytes: Uint8Array): Promise<FileName> {
    const name = createHash('sha256').update(bytes).digest('hex')
    this.#pins.set(name, [...(this.#pins.get(name) ?? []), Date.now()])
    const writing = this.#writing.get(name) ?? this.#writeOnce(name, bytes)
    try {
      await writing
    } catch (error) {
      this.#unpin(name)
      throw noRoom(error as Error)
    }
    return name
  }

  /** A commit is durable whose records named some files before and name some now. */
  named({ before, after }: { before: readonly FileName[]; after: readonly FileName[] }): void {
    for (const name of after) {
      this.#count(name, 1)
      this.#unpin(name)
    }
    for (const name of before) if (this.#count(name, -1) === 0) this.#drop(name)
  }

  async get(name: FileName): Promise<Buffer | undefined> {
    return readFile(this.#path(name)).catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return undefined
      throw error
    })
  }

  /** Removes all that no record names, and what a crash left half-written. */
  async sweep(): Promise<void> {
    for (const directory of await readdir(this.#directory).catch(() => [])) {
      for (const name of await readdir(join(this.#directory, directory))) {
        if (!this.#named.has(name)) this.#sweepOne(name, directory)
      }
    }
  }

  #sweepOne(name: string, directory: string): void {
    const path = join(this.#directory, directory, name)
    const { mtimeMs } = statSync(path, { throwIfNoEntry: false }) ?? { mtimeMs: 0 }
    if (!name.includes('.')) this.#drop(name)
    else if (mtimeMs < Date.now() - GRACE_MILLISECONDS) remove(path)
  }

  /** Unless a commit that names it may be under way. Sync from look to removal, so that no put comes between. */
  #drop(name: FileName): void {
    const pins = this.#pins.get(name) ?? []
    if (pins.some(put => put > Date.now() - GRACE_MILLISECONDS)) return
    this.#pins.delete(name)
    remove(this.#path(name))
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

  #writeOnce(name: FileName, bytes: Uint8Array): Promise<void> {
    if (this.#exists(name)) return Promise.resolve()
    const writing = this.#write(name, bytes).finally(() => this.#writing.delete(name))
    this.#writing.set(name, writing)
    return writing
  }

  async #write(name: FileName, bytes: Uint8Array): Promise<void> {
    const directory = join(this.#directory, name.slice(0, 2))
    const made = await mkdir(directory, { recursive: true, mode: DIRECTORY_MODE })
    if (made) await syncDirectory(this.#directory)
    await writeDurably(this.#path(name), join(directory, `${name}.${randomUUID()}`), bytes)
  }

  #exists(name: FileName): boolean {
    return statSync(this.#path(name), { throwIfNoEntry: false }) !== undefined
  }

  #path(name: FileName): string {
    return join(this.#directory, name.slice(0, 2), name)
  }
}

/** What cannot be removed now is left to the next sweep: the commit that no longer names it stands. */
function remove(path: string): void {
  try {
    rmSync(path, { force: true })
  } catch {}
}
