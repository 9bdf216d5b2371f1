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
  #snapshotBytes = 0
  #running: Promise<void> | undefined
  #notBefore = 0
  #takenBack = 0
  #timer: NodeJS.Timeout | undefined

  constructor(
    directory: string,
    low: Low<State>,
    journal: Journal,
    files: JsonFiles,
    events: CheckpointEvents,
  ) {
    this.#directory = directory
    this.#low = low
    this.#journal = journal
    this.#files = files
    this.#events = events
  }

  /** Begins one when the journal has outgrown the snapshot. */
  consider(): void {
    if (this.#running || Date.now() < this.#notBefore) return
    if (this.#journal.bytes > Math.max(this.#snapshotBytes, SMALLEST_BYTES)) void this.run()
  }

  /** Something was deleted, and must not stay in the journal for long. */
  deleted(): void {
    this.#timer ??= setTimeout(() => void this.run(), DELETED_MILLISECONDS).unref()
  }

  /** One at a time; resolves when it is done or has failed. */
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

  async stop(): Promise<void> {
    clearTimeout(this.#timer)
    await this.#running
  }

  /** The work itself, which throws when it fails. */
  async write(): Promise<void> {
    const started = performance.now()
    this.#takenBack = this.#journal.takenBack
    const number = this.#journal.number + 1
    const file = await createJournal(this.#directory, number, this.#low.data.store)
    const seq = await this.#journal.rotate(file)
    this.#low.data.base = { journal: number, seq }
    await this.#low.write()
    for (const old of await journals(this.#directory)) {
      if (old < number) await rm(journalPath(this.#directory, old))
    }
    this.#snapshotBytes = (await stat(snapshotPath(this.#directory))).size
    await this.#files.sweep()
    this.#events.checkpoint({
      bytes: this.#snapshotBytes,
      milliseconds: Math.round(performance.now() - started),
    })
  }

  async #attempt(): Promise<void> {
    const { base } = this.#low.data
    try {
      await this.write()
      clearTimeout(this.#timer)
      this.#timer = undefined
    } catch (error) {
      this.#low.data.base = base
      this.#notBefore = Date.now() + RETRY_MILLISECONDS
      this.#events.checkpointFailed(error as Error)
    }
  }
}
