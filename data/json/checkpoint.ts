// One thing: when a snapshot is written, and what must be true before and behind it.

import type { Low } from 'lowdb'
import { SyncFailed } from '../disk.ts'
import { HOUR, MINUTE } from '../durations.ts'
import { MIB } from '../sizes.ts'
import type { JsonFiles } from './files.ts'
import type { Journal } from './journal.ts'
import { createJournal, dropJournals, type JournalFile } from './journal_file.ts'
import type { Snapshot } from './snapshot.ts'
import type { Base, State } from './state.ts'
import { dropOldTails } from './torn_tail.ts'

/** A journal below this is not worth a checkpoint, however small the snapshot: it is replayed in half a second. */
const SMALLEST_BYTES = 32 * MIB
/** What was deleted stands in a journal until the next checkpoint: at most this long. */
const DELETED_MILLISECONDS = 12 * HOUR
const RETRY_MILLISECONDS = MINUTE

export interface CheckpointEvents {
  checkpoint(facts: { bytes: number; milliseconds: number }): void
  checkpointFailed(error: Error): void
  /** A sync failed (SyncFailed), or memory is in doubt. Must end the process: nobody knows any more what holds. */
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
 * Folds the journal into a new snapshot: begins the next journal, writes the live records, and drops the journals before it.
 * Commits go on meanwhile. When it fails, the old snapshot and all journals stay, and it is tried again later.
 */
export class Checkpoint {
  readonly #parts: CheckpointParts
  #running: Promise<void> | undefined
  /** The last one failed: the next is due, but not before a while. */
  #failed = false
  #notBefore = 0
  /** Runs from the first delete that the snapshot does not yet leave out. */
  #timer: NodeJS.Timeout | undefined
  #stopped = false
  /** The journal that the last attempt made; the next one takes it where commits do not go to it yet. */
  #begun: JournalFile | undefined

  constructor(parts: CheckpointParts) {
    this.#parts = parts
  }

  /** Begins one when the journal has outgrown the snapshot, or when the last one failed. */
  consider(): void {
    const { journal, snapshot } = this.#parts
    if (this.#running || performance.now() < this.#notBefore) return
    const outgrown = journal.bytes > Math.max(snapshot.bytes ?? 0, SMALLEST_BYTES)
    if (outgrown || this.#failed) this.#begin()
  }

  /** Something was deleted, and must not stay in the files for long. */
  deleted(): void {
    this.#runWithin(DELETED_MILLISECONDS)
  }

  /** One at a time; resolves when the one that is under way, or else a new one, is done, and throws when it failed. */
  async run(): Promise<void> {
    if (this.#stopped) throw new Error('The store is closed; no checkpoint may begin.')
    await this.#shared()
  }

  /** Begins none any more, and waits for the one under way. */
  async stop(): Promise<void> {
    this.#stopped = true
    this.#forgetTimer()
    await this.#running?.catch(told)
  }

  /** The same, with a last one where there is something to fold in. */
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
    // Only what is deleted from here on may still stand in what is written now.
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
    // Commits came in between, and a header of 0 would say that there were none before it.
    if (before === 0 && seq > 0) return this.#beginJournal()
    return { journal: journal.number, seq }
  }

  /** Resolves when all that the snapshot being written holds is durable; throws when some of it was taken back. */
  async #durable(takenBack: number): Promise<void> {
    const { journal, low } = this.#parts
    await journal.settled(low.data.seq)
    if (journal.takenBack !== takenBack) throw new Error('commits were taken back while it was written')
  }
}

/** The events tell how it went; the journals keep the rest. */
function told(): void {}
