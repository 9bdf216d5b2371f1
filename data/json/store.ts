import type { Low } from 'lowdb'
import { Failure } from '../failure.ts'
import type { Reader, Store, Tx } from '../store.ts'
import type { Table } from '../tables.ts'
import { Checkpoint, type CheckpointEvents } from './checkpoint.ts'
import type { JsonFiles } from './files.ts'
import { type Commit, Journal } from './journal.ts'
import type { JournalFile } from './journal_file.ts'
import { lineOf } from './line.ts'
import type { State } from './state.ts'
import { JsonTx } from './tx.ts'

export interface StoreEvents extends CheckpointEvents {
  /** A sync failed. Must end the process: nobody knows any more what the disk holds. */
  fatal(error: Error): void
  /** A half-written end was left out, of so many bytes. */
  tornTail(bytes: number): void
}

/** The embedded store: tables in memory, one transaction at a time, each durable in the journal before anybody hears of it. */
export class JsonStore implements Store {
  readonly files: JsonFiles
  readonly #low: Low<State>
  readonly #journal: Journal
  readonly #checkpoint: Checkpoint
  /** The last commit to each table: a login waits for nobody's tickets. */
  readonly #changed = new Map<Table, number>()
  readonly #watchers = new Map<Table, Set<() => void>>()
  readonly #release: () => Promise<void>
  #turn: Promise<unknown> = Promise.resolve()
  #closed: Promise<void> | undefined

  constructor(
    directory: string,
    low: Low<State>,
    file: JournalFile,
    files: JsonFiles,
    snapshotBytes: number,
    events: StoreEvents,
    release: () => Promise<void>,
  ) {
    this.files = files
    this.#low = low
    this.#release = release
    this.#journal = new Journal(file, low.data.seq, {
      inTurn: work => this.#inTurn(async () => work()),
      undone: seq => {
        low.data.seq = seq
        for (const [table, last] of this.#changed) this.#changed.set(table, Math.min(last, seq))
      },
      committed: group => this.#committed(group),
      fatal: events.fatal,
    })
    this.#checkpoint = new Checkpoint(directory, low, this.#journal, files, snapshotBytes, events)
  }

  async read<R>(work: (tx: Reader) => Promise<R>): Promise<R> {
    return this.#settled(work)
  }

  async transact<R>(work: (tx: Tx) => Promise<R>): Promise<R> {
    return this.#settled(async tx => {
      try {
        const result = await work(tx)
        if (tx.tables.length) this.#append(tx)
        return result
      } catch (error) {
        tx.undo()
        throw error
      }
    })
  }

  watch(table: Table, wake: () => void): () => void {
    const wakes = this.#watchers.get(table) ?? new Set()
    this.#watchers.set(table, wakes.add(wake))
    return () => wakes.delete(wake)
  }

  close(): Promise<void> {
    this.#closed ??= this.#close()
    return this.#closed
  }

  async #close(): Promise<void> {
    await this.#inTurn(async () => {})
    await this.#journal.settled(this.#low.data.seq).catch(alreadyTold)
    await this.#checkpoint.stop()
    if (this.#low.data.seq > this.#low.data.base.seq) await this.#checkpoint.run().catch(alreadyTold)
    await this.abandon()
  }

  /** Lets go of the directory as it is. */
  async abandon(): Promise<void> {
    await this.#journal.close()
    await this.#release()
  }

  /** Of a snapshot being written: resolves when all that went into it is durable, throws when some of it was taken back. */
  snapshotDurable(): Promise<void> {
    return this.#checkpoint.durable()
  }

  /** Folds the journal in now; throws when that fails. */
  checkpoint(): Promise<void> {
    return this.#checkpoint.run()
  }

  /** Runs work in its turn, and answers (with a refusal too) only when all that it saw is durable. */
  async #settled<R>(work: (tx: JsonTx) => Promise<R>): Promise<R> {
    if (this.#closed) throw new Failure('unavailable', 'The helpdesk is stopping; try again in a minute.')
    let seen = 0
    const turn = () => {
      const tx = new JsonTx(this.#low.data)
      return work(tx).finally(() => {
        seen = this.#lastChangeOf(tx.seen)
      })
    }
    try {
      return await this.#inTurn(turn)
    } finally {
      await this.#journal.settled(seen)
    }
  }

  #lastChangeOf(seen: ReadonlySet<Table>): number {
    return Math.max(0, ...[...seen].map(table => this.#changed.get(table) ?? 0))
  }

  #inTurn<R>(work: () => Promise<R>): Promise<R> {
    const turn = this.#turn.then(work)
    this.#turn = turn.catch(() => {})
    return turn
  }

  #append(tx: JsonTx): void {
    this.#low.data.seq++
    const { seq } = this.#low.data
    const { tables, files, deletes } = tx
    for (const table of tables) this.#changed.set(table, seq)
    const after = () => {
      this.files.named(files)
      if (deletes) this.#checkpoint.deleted()
    }
    this.#journal.append({
      seq,
      line: lineOf(tx.entry(seq, this.#journal.durable)),
      tables,
      undo: () => tx.undo(),
      after,
    })
  }

  #committed(group: readonly Commit[]): void {
    for (const commit of group) commit.after()
    for (const table of new Set(group.flatMap(commit => commit.tables))) {
      for (const wake of this.#watchers.get(table) ?? []) wake()
    }
    this.#checkpoint.consider()
  }
}

/** Whoever made the commits was refused them, or the events told of the failed checkpoint: the journals keep the rest. */
function alreadyTold(): void {}
