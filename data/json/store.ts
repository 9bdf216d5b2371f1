// One thing: the turn. Who uses the tables, what each caller waits for, and what a commit triggers depend on each other.
import type { Low } from 'lowdb'
import { type Keys, openKeys } from '../secret.ts'
import type { Free, Reader, Search, Store, Tx } from '../store.ts'
import type { Row, Table } from '../tables.ts'
import { Checkpoint, type CheckpointEvents } from './checkpoint.ts'
import { type JsonFiles, stopping } from './files.ts'
import { freeOn } from './free_room.ts'
import { type Commit, Journal } from './journal.ts'
import type { JournalFile } from './journal_file.ts'
import { commitLine } from './line.ts'
import { searching } from './search.ts'
import type { Snapshot } from './snapshot/snapshot.ts'
import type { State } from './state.ts'
import { Turn } from './turn.ts'
import { JsonTx } from './tx.ts'

/** In milliseconds: how long a search keeps others waiting. */
const SLICE = 10

export interface StoreEvents extends CheckpointEvents {
  /** A group of commits is durable: the duration of its write and sync, and the wait of each commit, in milliseconds. */
  synced(milliseconds: number, waits: readonly number[]): void
  /** The half-written end of the journal, of `bytes` bytes, was cut off; the file `kept` has it. */
  tornTail(facts: { bytes: number; kept: string }): void
}

export interface StoreParts {
  readonly directory: string
  /** The tables, as read at the start. */
  readonly low: Low<State>
  readonly snapshot: Snapshot
  /** The journal for the next commits. */
  readonly file: JournalFile
  readonly files: JsonFiles
  readonly events: StoreEvents
  /** Releases the lock on the directory. */
  release(): Promise<void>
}

/** The embedded store: tables in memory, one transaction at a time, each durable in the journal before its caller gets an answer. */
export class JsonStore implements Store {
  readonly files: JsonFiles
  readonly #directory: string
  readonly #low: Low<State>
  readonly #journal: Journal
  readonly #checkpoint: Checkpoint
  /** The last commit to each table, so that a login does not wait for commits to tickets. */
  readonly #changed = new Map<Table, number>()
  readonly #watchers = new Map<Table, Set<() => void>>()
  readonly #release: () => Promise<void>
  readonly #turn = new Turn()
  readonly #fatal: (error: Error) => void
  #closed: Promise<void> | undefined

  constructor({ directory, low, snapshot, file, files, events, release }: StoreParts) {
    this.files = files
    this.#directory = directory
    this.#low = low
    this.#release = release
    this.#fatal = events.fatal
    this.#journal = new Journal(file, low.data.seq, {
      inTurn: work => this.#turn.run(async () => work()),
      undone: seq => this.#rewind(seq),
      committed: (group, milliseconds) => {
        const now = performance.now()
        events.synced(
          milliseconds,
          group.map(({ appended }) => now - appended),
        )
        this.#committed(group)
      },
      fatal: events.fatal,
    })
    const journal = this.#journal
    this.#checkpoint = new Checkpoint({ directory, low, snapshot, journal, files, events })
  }

  read<R>(work: (tx: Reader) => Promise<R>): Promise<R> {
    return this.#settled(work)
  }

  transact<R>(work: (tx: Tx) => Promise<R>): Promise<R> {
    return this.#settled(async tx => {
      const { seq } = this.#low.data
      let result: R
      try {
        result = await work(tx)
        // The last step: an error before its end rolls the commit back.
        if (tx.tables.length) this.#append(tx, seq + 1)
      } catch (error) {
        this.#takeBack(tx, seq)
        throw error
      }
      return result
    })
  }

  /** Takes the turn for one slice after the other, with a turn of the event loop in between. */
  async search<T extends Table>(table: T, search: Search<Row<T>>): Promise<readonly Row<T>[]> {
    const steps = searching(this.#low.data.rows, table, search)
    for (;;) {
      const found = await this.#settled(async tx => {
        for (const searched of steps.tables) tx.seen.add(searched)
        return steps.until(performance.now() + SLICE)
      })
      if (found) return found
      await new Promise(resolve => setImmediate(resolve))
    }
  }

  watch(table: Table, wake: () => void): () => void {
    const wakes = this.#watchers.get(table) ?? new Set()
    this.#watchers.set(table, wakes.add(wake))
    return () => wakes.delete(wake)
  }

  free(): Promise<Free> {
    return freeOn(this.#directory)
  }

  keys(): Promise<Keys> {
    return openKeys(this.#directory)
  }

  close(): Promise<void> {
    this.#closed ??= this.#close()
    return this.#closed
  }

  async #close(): Promise<void> {
    await this.#turn.run(async () => {})
    await this.#journal.settled(this.#low.data.seq).catch(alreadyTold)
    await this.#checkpoint.finish()
    await this.abandon()
  }

  /** Releases the directory without a last checkpoint. */
  async abandon(): Promise<void> {
    await this.stop()
    await this.#release()
  }

  /** Stops all writing; the directory stays locked. */
  async stop(): Promise<void> {
    await this.#checkpoint.stop()
    await this.files.stop()
    await this.#journal.close()
  }

  /** To be called at the start if the journals contain deleted records. */
  deletedBefore(): void {
    this.#checkpoint.deleted()
  }

  /** Writes a snapshot now; throws if that fails. */
  checkpoint(): Promise<void> {
    return this.#checkpoint.run()
  }

  /** Runs work in its turn. Resolves, or rejects, only when everything that the work saw is durable. */
  async #settled<R>(work: (tx: JsonTx) => Promise<R>): Promise<R> {
    if (this.#closed) throw stopping()
    let durable: Promise<void> | undefined
    try {
      return await this.#turn.run(async () => {
        const tx = new JsonTx(this.#low.data)
        try {
          return await work(tx)
        } finally {
          // Within the turn, since a rollback of what was seen takes a turn of its own and must reach this caller.
          durable = this.#journal.settled(this.#lastChangeOf(tx.seen))
        }
      })
    } finally {
      await durable
    }
  }

  #lastChangeOf(seen: ReadonlySet<Table>): number {
    let last = 0
    for (const table of seen) last = Math.max(last, this.#changed.get(table) ?? 0)
    return last
  }

  /** Builds the whole commit before it changes anything. */
  #append(tx: JsonTx, seq: number): void {
    const { tables, files, deletes } = tx
    const commit = {
      seq,
      appended: performance.now(),
      line: commitLine(tx.entry(seq, this.#journal.durable)),
      tables,
      undo: () => tx.undo(),
      after: () => {
        this.files.named(files)
        if (deletes) this.#checkpoint.deleted()
      },
    }
    this.#low.data.seq = seq
    for (const table of tables) this.#changed.set(table, seq)
    this.#journal.append(commit)
  }

  /** Rolls back a transaction. If that fails, memory is inconsistent and the process must end. */
  #takeBack(tx: JsonTx, seq: number): void {
    try {
      tx.undo()
      this.#rewind(seq)
    } catch (error) {
      this.#fatal(error as Error)
    }
  }

  /** Makes this commit the last one. */
  #rewind(seq: number): void {
    this.#low.data.seq = seq
    for (const [table, last] of this.#changed) this.#changed.set(table, Math.min(last, seq))
  }

  #committed(group: readonly Commit[]): void {
    for (const commit of group) commit.after()
    for (const table of new Set(group.flatMap(commit => commit.tables))) {
      for (const wake of this.#watchers.get(table) ?? []) wake()
    }
    this.#checkpoint.consider()
  }
}

/** The callers that wait for these commits get the error. */
function alreadyTold(): void {}
