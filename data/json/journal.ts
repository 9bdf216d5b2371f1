// One thing: the group commit. What is written, who waits for it, and how it is taken back hold only together.
import { noRoom, writeWhole } from '../disk.ts'
import type { Table } from '../tables.ts'
import type { JournalFile } from './journal_file.ts'

export interface Commit {
  readonly seq: number
  /** When it was, by `performance.now()`. */
  readonly appended: number
  readonly line: string
  readonly tables: readonly Table[]
  undo(): void
  /** What to do when it is durable. */
  after(): void
}
export interface JournalHooks {
  /** Runs work between transactions. */
  inTurn(work: () => void): Promise<void>
  /** After a write that failed has been undone down to this commit. */
  undone(seq: number): void
  /** `milliseconds`: how long their write and sync took. */
  committed(commits: readonly Commit[], milliseconds: number): void
  /** A sync failed: nobody knows any more what the disk holds. Must end the process; nobody is answered after it. */
  fatal(error: Error): void
}
/** Commits that go to disk together. Whoever waits for one of them waits for all. */
interface Group {
  readonly commits: Commit[]
  readonly settled: Promise<void>
  readonly resolve: () => void
  readonly reject: (error: Error) => void
}
/** Groups commits: all that are appended while one group is synced go to disk together in the next, with one write and one sync. */
export class Journal {
  readonly #hooks: JournalHooks
  /** How often unsynced commits were taken back: who saw one of them must not go on. */
  takenBack = 0
  #file: JournalFile
  #next: { file: JournalFile; begun: (seq: number) => void } | undefined
  #durable: number
  #gathering = newGroup()
  /** What is on its way to the disk. */
  #written: Group | undefined
  #armed = false

  constructor(file: JournalFile, durable: number, hooks: JournalHooks) {
    this.#file = file
    this.#durable = durable
    this.#hooks = hooks
  }

  get durable(): number {
    return this.#durable
  }
  get bytes(): number {
    return this.#file.end
  }
  get number(): number {
    return this.#file.number
  }

  append(commit: Commit): void {
    this.#gathering.commits.push(commit)
    this.#arm()
  }

  /** Resolves when all up to `seq` is durable; throws Failure `full` when it was taken back. */
  settled(seq: number): Promise<void> {
    if (seq <= this.#durable) return DURABLE
    const written = this.#written
    return written && seq <= lastOf(written) ? written.settled : this.#gathering.settled
  }

  /** Goes on in another file once the group under way is done; gives the last commit of the old one. */
  rotate(file: JournalFile): Promise<number> {
    return new Promise(begun => {
      this.#next = { file, begun }
      this.#arm()
    })
  }

  async close(): Promise<void> {
    await this.#file.handle.close()
  }

  /** In a microtask instead, the first commit would be synced alone, and the others would wait for it. */
  #arm(): void {
    if (this.#armed) return
    this.#armed = true
    setImmediate(() => void this.#flush())
  }

  /** What came meanwhile goes at once: the disk works while those who waited are answered, and ask for more. */
  async #flush(): Promise<void> {
    while (this.#next || this.#gathering.commits.length) {
      if (this.#next) await this.#turnPage()
      if (this.#gathering.commits.length) await this.#write()
    }
    this.#armed = false
  }

  async #turnPage(): Promise<void> {
    const { file, begun } = this.#next!
    this.#next = undefined
    const old = this.#file
    this.#file = file
    begun(this.#durable)
    await old.handle.close()
  }

  async #write(): Promise<void> {
    const group = this.#gathering
    this.#written = group
    this.#gathering = newGroup()
    const began = performance.now()
    const bytes = Buffer.from(group.commits.map(commit => commit.line).join(''))
    try {
      await writeWhole(this.#file.handle, bytes, this.#file.end)
    } catch (error) {
      await this.#takeBack(error as Error)
      return
    }
    try {
      await this.#file.handle.datasync()
    } catch (error) {
      return this.#stop(error as Error)
    }
    this.#file.end += bytes.length
    this.#durable = lastOf(group)
    this.#written = undefined
    group.resolve()
    this.#hooks.committed(group.commits, performance.now() - began)
  }

  /** After a write that failed or was short: nothing that any unsynced commit did was ever told, so all of them go. */
  async #takeBack(cause: Error): Promise<void> {
    try {
      await this.#file.handle.truncate(this.#file.end)
      await this.#file.handle.datasync()
    } catch (error) {
      return this.#stop(error as Error)
    }
    await this.#hooks.inTurn(() => this.#undo(cause))
  }

  /** In one go, so that whoever comes next neither sees what was undone nor is refused for it. */
  #undo(cause: Error): void {
    const groups = [this.#gathering, this.#written!]
    this.#gathering = newGroup()
    this.#written = undefined
    for (const { commits } of groups) for (const commit of commits.reverse()) commit.undo()
    this.takenBack++
    this.#hooks.undone(this.#durable)
    for (const group of groups) group.reject(noRoom(cause))
  }

  /** Never resolves: the group under way stays under way, and nothing is written behind it. */
  #stop(error: Error): Promise<never> {
    this.#hooks.fatal(error)
    return new Promise(() => {})
  }
}

const DURABLE = Promise.resolve()

function newGroup(): Group {
  let resolve!: () => void
  let reject!: (error: Error) => void
  const settled = new Promise<void>((...ends) => {
    ;[resolve, reject] = ends
  })
  // Whoever waits is told; it may be that nobody does.
  settled.catch(() => {})
  return { commits: [], settled, resolve, reject }
}

function lastOf({ commits }: Group): number {
  return commits.at(-1)!.seq
}
