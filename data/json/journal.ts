// One thing: the group commit. What is written, who waits for it, and how it is taken back hold only together.
import { noRoom, SyncFailed, writeWhole } from '../disk.ts'
import { MIB } from '../sizes.ts'
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
  /**
   * A sync failed, or a commit could not be taken back: nobody knows any more what disk and memory hold. Must end the process;
   * nobody is answered after it.
   */
  fatal(error: Error): void
}
/** Commits that go to disk together. Whoever waits for one of them waits for all. */
interface Group {
  readonly commits: Commit[]
  /** Of their lines together. */
  characters: number
  readonly settled: Promise<void>
  readonly resolve: () => void
  readonly reject: (error: Error) => void
}
/** A group takes no more once it has so many, so that the string of all its lines has a limit. */
const FULL_CHARACTERS = 8 * MIB

/** Groups commits: all that are appended while one group is synced go to disk together in the next, with one write and one sync. */
export class Journal {
  readonly #hooks: JournalHooks
  /** How often unsynced commits were taken back: who saw one of them must not go on. */
  takenBack = 0
  #file: JournalFile
  #next: { file: JournalFile; begun: (seq: number) => void } | undefined
  #durable: number
  /** What is on its way to the disk. */
  #written: Group | undefined
  /** How long the write and the sync of the last group took. */
  #milliseconds = 0
  /** What goes after it, group by group. */
  readonly #gathering: Group[] = []
  /** Begins when it is not under way yet; goes on as long as there is something to write. */
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
  /** Of the file that commits go to, or are about to go to. */
  get number(): number {
    return (this.#next?.file ?? this.#file).number
  }

  /** Takes a commit. When this throws, it took nothing: the last step alone changes something. */
  append(commit: Commit): void {
    this.#arm()
    const last = this.#gathering.at(-1)
    if (last && last.characters < FULL_CHARACTERS) addTo(last, commit)
    else this.#gathering.push(groupOf(commit))
  }

  /** Resolves when all up to `seq` is durable; throws Failure `full` when it was taken back. */
  settled(seq: number): Promise<void> {
    if (seq <= this.#durable) return DURABLE
    if (this.#written && seq <= lastOf(this.#written)) return this.#written.settled
    return this.#gathering.find(group => seq <= lastOf(group))?.settled ?? DURABLE
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
    this.#flushing ??= setImmediate(() => this.#flush().catch(error => this.#stop(error)))
  }

  /** What came meanwhile goes at once: the disk works while those who waited are answered, and ask for more. */
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
    // All in it is synced already.
    await old.handle.close().catch(() => {})
  }

  /** Afterwards `#written` is durable, or there is none because it was taken back. */
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

  /** What throws from here on ends the process: the commits stand. */
  #answer(): void {
    const group = this.#written!
    this.#written = undefined
    group.resolve()
    this.#hooks.committed(group.commits, this.#milliseconds)
  }

  /** Throws SyncFailed where the disk does not do what must be done. */
  async #must(done: Promise<void>): Promise<void> {
    await done.catch(error => {
      throw new SyncFailed(error)
    })
  }

  /** Nothing that any unsynced commit did was ever told, so after a write that failed all of them go. */
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

  /** In one go, so that whoever comes next neither sees what was undone nor is refused for it. */
  #undo(cause: Error): void {
    const groups = [...(this.#written ? [this.#written] : []), ...this.#gathering].reverse()
    for (const { commits } of groups) for (const commit of commits.reverse()) commit.undo()
    this.#gathering.length = 0
    this.#written = undefined
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

function groupOf(commit: Commit): Group {
  const ends: [() => void, (error: Error) => void][] = []
  const settled = new Promise<void>((...both) => ends.push(both))
  const [[resolve, reject]] = ends as [[() => void, (error: Error) => void]]
  // Whoever waits is told; it may be that nobody does.
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
