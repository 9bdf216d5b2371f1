// One thing: the group commit. Writing commits, waiting for them and rolling them back depend on each other.
import { noRoom, SyncFailed, writeWhole } from '../disk.ts'
import { MIB } from '../sizes.ts'
import type { Table } from '../tables.ts'
import type { JournalFile } from './journal_file.ts'

export interface Commit {
  readonly seq: number
  /** When it was appended, by `performance.now()`. */
  readonly appended: number
  readonly line: string
  readonly tables: readonly Table[]
  undo(): void
  /** Called when the commit is durable. */
  after(): void
}
export interface JournalHooks {
  /** Runs `work` when no transaction runs. */
  inTurn(work: () => void): Promise<void>
  /** A write failed and all commits after this one were rolled back. */
  undone(seq: number): void
  /** These commits are durable; their write and sync took `milliseconds`. */
  committed(commits: readonly Commit[], milliseconds: number): void
  /**
   * A sync or a rollback failed: the contents of disk or memory are unknown. Must end the process; no caller is answered
   * afterwards.
   */
  fatal(error: Error): void
}
/** Commits that go to disk together. A caller that waits for one of them waits for all. */
interface Group {
  readonly commits: Commit[]
  /** The length of all lines together. */
  characters: number
  readonly settled: Promise<void>
  readonly resolve: () => void
  readonly reject: (error: Error) => void
}
/** A group with this many characters is full. It limits the string of all lines. */
const FULL_CHARACTERS = 8 * MIB

/** Groups commits: those appended while one group is synced form the next group, which takes one write and one sync. */
export class Journal {
  readonly #hooks: JournalHooks
  /** How often unsynced commits were rolled back. If it changes, data seen before may be invalid. */
  takenBack = 0
  #file: JournalFile
  #next: { file: JournalFile; begun: (seq: number) => void } | undefined
  #durable: number
  /** The group that is being written. */
  #written: Group | undefined
  /** How long the last write and sync took. */
  #milliseconds = 0
  /** The groups that wait for it. */
  readonly #gathering: Group[] = []
  /** Set while there is something to write. */
  #flushing: NodeJS.Immediate | undefined

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
  /** The number of the journal that the next commits go to. */
  get number(): number {
    return (this.#next?.file ?? this.#file).number
  }

  /** Takes a commit. If this throws, nothing has changed, since only the last step changes something. */
  append(commit: Commit): void {
    this.#arm()
    const last = this.#gathering.at(-1)
    if (last && last.characters < FULL_CHARACTERS) addTo(last, commit)
    else this.#gathering.push(groupOf(commit))
  }

  /** Resolves when all commits up to `seq` are durable; throws Failure `full` if they were rolled back. */
  settled(seq: number): Promise<void> {
    if (seq <= this.#durable) return DURABLE
    if (this.#written && seq <= lastOf(this.#written)) return this.#written.settled
    return this.#gathering.find(group => seq <= lastOf(group))?.settled ?? DURABLE
  }

  /** Continues in another file after the running group; gives the number of the last commit in the old file. */
  rotate(file: JournalFile): Promise<number> {
    return new Promise(begun => {
      this.#next = { file, begun }
      this.#arm()
    })
  }

  async close(): Promise<void> {
    await this.#file.handle.close()
  }

  /** With a microtask instead, the first commit would be synced alone, and the others would wait for it. */
  #arm(): void {
    this.#flushing ??= setImmediate(() => this.#flush().catch(error => this.#stop(error)))
  }

  /** Writes the next group at once, so that the disk works while the callers of the last group are answered. */
  async #flush(): Promise<void> {
    while (this.#next || this.#gathering.length) {
      if (this.#next) await this.#turnPage()
      if (this.#gathering.length) await this.#write(this.#file.end)
      if (this.#written) this.#answer()
    }
    this.#flushing = undefined
  }

  async #turnPage(): Promise<void> {
    const { file, begun } = this.#next!
    this.#next = undefined
    const old = this.#file
    this.#file = file
    begun(this.#durable)
    // Everything in it is synced.
    await old.handle.close().catch(() => {})
  }

  /** Afterwards the group in `#written` is durable; it is undefined if the write failed and was rolled back. */
  async #write(end: number): Promise<void> {
    try {
      this.#written = this.#gathering.shift()!
      const { commits } = this.#written
      const began = performance.now()
      const bytes = Buffer.from(commits.map(commit => commit.line).join(''))
      await writeWhole(this.#file.handle, bytes, end)
      await this.#must(this.#file.handle.datasync())
      this.#milliseconds = performance.now() - began
      this.#file.end = end + bytes.length
      this.#durable = lastOf(this.#written)
    } catch (error) {
      await this.#takeBack(error as Error, end)
    }
  }

  /** The commits are final, so an error from here on ends the process. */
  #answer(): void {
    const group = this.#written!
    this.#written = undefined
    group.resolve()
    this.#hooks.committed(group.commits, this.#milliseconds)
  }

  /** Turns an error into SyncFailed. */
  async #must(done: Promise<void>): Promise<void> {
    await done.catch(error => {
      throw new SyncFailed(error)
    })
  }

  /** Rolls back all unsynced commits after a failed write. None of them has been confirmed to anybody. */
  async #takeBack(cause: Error, end: number): Promise<void> {
    if (cause instanceof SyncFailed) return this.#stop(cause)
    try {
      await this.#must(this.#file.handle.truncate(end))
      await this.#must(this.#file.handle.datasync())
      this.#file.end = end
      await this.#hooks.inTurn(() => this.#undo(cause))
    } catch (error) {
      return this.#stop(error as Error)
    }
  }

  /** Synchronous, so that the next caller neither sees the undone commits nor is refused because of them. */
  #undo(cause: Error): void {
    const groups = [...(this.#written ? [this.#written] : []), ...this.#gathering].reverse()
    for (const { commits } of groups) for (const commit of commits.reverse()) commit.undo()
    this.#gathering.length = 0
    this.#written = undefined
    this.takenBack++
    this.#hooks.undone(this.#durable)
    for (const group of groups) group.reject(noRoom(cause))
  }

  /** Never resolves: no caller is answered, and nothing more is written. */
  #stop(error: Error): Promise<never> {
    this.#hooks.fatal(error)
    return new Promise(() => {})
  }
}

const DURABLE = Promise.resolve()

function groupOf(commit: Commit): Group {
  const ends: [() => void, (error: Error) => void][] = []
  const settled = new Promise<void>((...both) => ends.push(both))
  const [[resolve, reject]] = ends as [[() => void, (error: Error) => void]]
  // Nobody may be waiting; an unhandled rejection would end the process.
  settled.catch(() => {})
  return { commits: [commit], characters: commit.line.length, settled, resolve, reject }
}

function addTo(group: Group, commit: Commit): void {
  group.characters += commit.line.length
  group.commits.push(commit)
}

function lastOf({ commits }: Group): number {
  return commits.at(-1)!.seq
}
