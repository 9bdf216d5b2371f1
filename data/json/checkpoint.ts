// One thing: when a snapshot is written, and what must hold before and after it.

import type { Low } from 'lowdb'
import { SyncFailed } from '../disk.ts'
import { HOUR, MINUTE } from '../durations.ts'
import { MIB } from '../sizes.ts'
import type { JsonFiles } from './files.ts'
import type { Journal } from './journal.ts'
import { createJournal, dropJournals, type JournalFile } from './journal_file.ts'
import type { Snapshot } from './snapshot/snapshot.ts'
import type { Base, State } from './state.ts'
import { dropOldTails } from './torn_tail.ts'

/** A smaller journal needs no checkpoint, however small the snapshot: its replay takes half a second. */
const SMALLEST_BYTES = 32 * MIB
/** Deleted records stay in a journal until the next checkpoint, which begins within this time. */
const DELETED_MILLISECONDS = 12 * HOUR
const RETRY_MILLISECONDS = MINUTE

export interface CheckpointEvents {
  checkpoint(facts: { bytes: number; milliseconds: number }): void
  checkpointFailed(error: Error): void
  /** A sync failed (SyncFailed), or memory is inconsistent. Must end the process: the state of the data is unknown. */
  fatal(error: Error): void
}

export interface CheckpointParts {
  readonly directory: string
  readonly low: Low<State>
  readonly snapshot: Snapshot
  readonly journal: Journal
  readonly files: JsonFiles
  readonly events: CheckpointEvents
}

/**
 * Folds the journal into a new snapshot: begins the next journal, writes the live records, and removes the older journals.
 * Commits continue meanwhile. If it fails, the old snapshot and all journals stay, and it is tried again later.
 */
export class Checkpoint {
  readonly #parts: CheckpointParts
  #running: Promise<void> | undefined
  /** The last checkpoint failed: the next one is due once `#notBefore` has passed. */
  #failed = false
  #notBefore = 0
  /** Set from the first delete since the last checkpoint. */
  #timer: NodeJS.Timeout | undefined
  #stopped = false
  /** The journal that the last attempt created; the next attempt uses it if no commit goes to it yet. */
  #begun: JournalFile | undefined

  constructor(parts: CheckpointParts) {
    this.#parts = parts
  }

  /** Begins a checkpoint if the journal has outgrown the snapshot, or if the last checkpoint failed. */
  consider(): void {
    const { journal, snapshot } = this.#parts
    if (this.#running || performance.now() < this.#notBefore) return
    const outgrown = journal.bytes > Math.max(snapshot.bytes ?? 0, SMALLEST_BYTES)
    if (outgrown || this.#failed) this.#begin()
  }

  /** To be called after a delete: the record must not stay in the files for long. */
  deleted(): void {
    this.#runWithin(DELETED_MILLISECONDS)
  }

  /** Joins the running checkpoint or begins one; resolves when it is done, and throws if it failed. */
  async run(): Promise<void> {
    if (this.#stopped) throw new Error('The store is closed; no checkpoint may begin.')
    await this.#shared()
  }

  /** Begins no more checkpoints, and waits for the running one. */
  async stop(): Promise<void> {
    this.#stopped = true
    this.#forgetTimer()
    await this.#running?.catch(told)
  }

  /** As `stop`, with a last checkpoint if there were commits since the last one. */
  async finish(): Promise<void> {
    await this.stop()
    const { seq, base } = this.#parts.low.data
    if (seq > base.seq) await this.#shared().catch(told)
  }

  #begin(): void {
    if (!this.#stopped) this.#shared().catch(told)
  }

  #runWithin(milliseconds: number): void {
    if (!this.#stopped) this.#timer ??= setTimeout(() => this.#begin(), milliseconds).unref()
  }

  #forgetTimer(): void {
    clearTimeout(this.#timer)
    this.#timer = undefined
  }

  #shared(): Promise<void> {
    this.#running ??= this.#attempt().finally(() => {
      this.#running = undefined
    })
    return this.#running
  }

  async #attempt(): Promise<void> {
    const deleted = this.#timer !== undefined
    // Only records deleted from here on may still be in the snapshot that is written now.
    this.#forgetTimer()
    try {
      await this.#write()
      this.#failed = false
    } catch (error) {
      if (error instanceof SyncFailed) this.#stopped = true
      this.#failed = true
      this.#notBefore = performance.now() + RETRY_MILLISECONDS
      if (deleted) this.#runWithin(RETRY_MILLISECONDS)
      const { events } = this.#parts
      if (error instanceof SyncFailed) events.fatal(error)
      else events.checkpointFailed(error as Error)
      throw error
    }
  }

  async #write(): Promise<void> {
    const { directory, low, snapshot, journal, files, events } = this.#parts
    const started = performance.now()
    const { takenBack } = journal
    const base = await this.#beginJournal()
    snapshot.plan({ base, durable: () => this.#durable(takenBack) })
    await low.write()
    low.data.base = base
    await dropJournals(directory, base.journal)
    await dropOldTails(directory)
    await files.sweep()
    events.checkpoint({ bytes: snapshot.bytes!, milliseconds: Math.round(performance.now() - started) })
  }

  async #beginJournal(): Promise<Base> {
    const { directory, low, journal } = this.#parts
    const { store, seq: before } = low.data
    if (this.#begun?.number === journal.number) this.#begun = undefined
    this.#begun ??= await createJournal(directory, { journal: journal.number + 1, store, seq: before })
    const seq = await journal.rotate(this.#begun)
    // Commits came in between, but a header with 0 says that this journal has the first ones.
    if (before === 0 && seq > 0) return this.#beginJournal()
    return { journal: journal.number, seq }
  }

  /** Resolves when everything in the new snapshot is durable; throws if some of it was rolled back. */
  async #durable(takenBack: number): Promise<void> {
    const { journal, low } = this.#parts
    await journal.settled(low.data.seq)
    if (journal.takenBack !== takenBack)
      throw new Error('commits were rolled back while the snapshot was written')
  }
}

/** The error was reported as an event, and the journals keep the data. */
function told(): void {}
