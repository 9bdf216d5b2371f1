import { rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { Low } from 'lowdb'
import type { JsonFiles } from './files.ts'
import type { Journal } from './journal.ts'
import { createJournal, journalPath } from './journal_file.ts'
import { journals } from './replay.ts'
import { snapshot } from './snapshot.ts'
import { emptyState, type State } from './state.ts'

/** A journal below this is not worth a checkpoint, however small the snapshot. */
const SMALLEST_BYTES = 8 * 1024 * 1024
/** What was deleted stands in a journal until the next checkpoint: at most this long. */
const DELETED_MILLISECONDS = 12 * 60 * 60 * 1000
const RETRY_MILLISECONDS = 60 * 1000

export interface CheckpointEvents {
  checkpoint(facts: { bytes: number; milliseconds: number }): void
  checkpointFailed(error: Error): void
}

export function snapshotPath(directory: string): string {
  return join(directory, 'helpdesk.json')
}

/** The tables as lowdb holds them; `durable` as `snapshot` takes it. */
export function tablesOf(directory: string, durable: () => Promise<void>): Low<State> {
  return new Low(snapshot(snapshotPath(directory), durable), emptyState())
}

/**
 * Folds the journal into a new snapshot: begins the next journal, writes the live records, and drops the journals before it.
 * Commits go on meanwhile. When it fails, the old snapshot and all journals stay, and it is tried again later.
 */
export class Checkpoint {
  readonly #directory: string
  readonly #low: Low<State>
  readonly #journal: Journal
  readonly #files: JsonFiles
  readonly #events: CheckpointEvents
  #snapshotBytes: number
  #running: Promise<void> | undefined
  /** The last one failed: the next is due, but not before a while. */
  #failed = false
  #notBefore = 0
  #takenBack = 0
  /** Runs from the first delete that the snapshot does not yet leave out. */
  #timer: NodeJS.Timeout | undefined

  constructor(
    directory: string,
    low: Low<State>,
    journal: Journal,
    files: JsonFiles,
    snapshotBytes: number,
    events: CheckpointEvents,
  ) {
    this.#snapshotBytes = snapshotBytes
    this.#directory = directory
    this.#low = low
    this.#journal = journal
    this.#files = files
    this.#events = events
  }

  /** Begins one when the journal has outgrown the snapshot, or when the last one failed. */
  consider(): void {
    if (this.#running || Date.now() < this.#notBefore) return
    const outgrown = this.#journal.bytes > Math.max(this.#snapshotBytes, SMALLEST_BYTES)
    if (outgrown || this.#failed) this.#begin()
  }

  /** Something was deleted, and must not stay in the files for long. */
  deleted(): void {
    this.#runWithin(DELETED_MILLISECONDS)
  }

  /** One at a time; resolves when the one that is under way, or else a new one, is done, and throws when it failed. */
  run(): Promise<void> {
    this.#running ??= this.#attempt().finally(() => {
      this.#running = undefined
    })
    return this.#running
  }

  /** Resolves when all that the snapshot being written holds is durable; throws when some of it was taken back. */
  async durable(): Promise<void> {
    await this.#journal.settled(this.#low.data.seq)
    if (this.#journal.takenBack !== this.#takenBack)
      throw new Error('commits were taken back while it was written')
  }

  /** Begins none by itself any more, and waits for the one under way. */
  async stop(): Promise<void> {
    this.#notBefore = Number.POSITIVE_INFINITY
    await this.#running?.catch(() => {})
    clearTimeout(this.#timer)
  }

  /** The events tell how it went. */
  #begin(): void {
    this.run().catch(() => {})
  }

  #runWithin(milliseconds: number): void {
    this.#timer ??= setTimeout(() => this.#begin(), milliseconds).unref()
  }

  async #write(): Promise<void> {
    const started = performance.now()
    this.#takenBack = this.#journal.takenBack
    const number = this.#journal.number + 1
    const file = await createJournal(this.#directory, number, this.#low.data.store)
    const seq = await this.#journal.rotate(file)
    this.#low.data.base = { journal: number, seq }
    await this.#low.write()
    await dropJournals(this.#directory, number)
    this.#snapshotBytes = (await stat(snapshotPath(this.#directory))).size
    await this.#files.sweep()
    this.#events.checkpoint({
      bytes: this.#snapshotBytes,
      milliseconds: Math.round(performance.now() - started),
    })
  }

  async #attempt(): Promise<void> {
    const { base } = this.#low.data
    const deleted = this.#timer !== undefined
    // Only what is deleted from here on may still stand in what is written now.
    clearTimeout(this.#timer)
    this.#timer = undefined
    try {
      await this.#write()
      this.#failed = false
    } catch (error) {
      this.#low.data.base = base
      this.#failed = true
      this.#notBefore = Math.max(this.#notBefore, Date.now() + RETRY_MILLISECONDS)
      if (deleted) this.#runWithin(RETRY_MILLISECONDS)
      this.#events.checkpointFailed(error as Error)
      throw error
    }
  }
}

/** Removes the journals before this one, which a snapshot holds. */
export async function dropJournals(directory: string, before: number): Promise<void> {
  for (const number of await journals(directory)) {
    if (number < before) await rm(journalPath(directory, number))
  }
}
