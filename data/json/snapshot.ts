import { rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { Adapter } from 'lowdb'
import { syncDirectory } from '../disk.ts'
import { readSnapshot } from './snapshot_reader.ts'
import { writeSnapshot } from './snapshot_writer.ts'
import type { Base, State } from './state.ts'

export function snapshotPath(directory: string): string {
  return join(directory, 'helpdesk.json')
}

/** What the writer of a snapshot must know beside the tables. */
export interface Plan {
  /** Where its replay will start. */
  readonly base: Base
  /** Resolves once all that the tables held when it is called is synced, and throws when some was taken back. */
  durable(): Promise<void>
}

/**
 * The snapshot as lowdb reads and writes it: one JSON document, one record a line, at the end the CRC-32 of all lines before. It is
 * written from the live records in short slices while commits go on, so it may hold more than its base says; the journals
 * from there on, replayed, make it exact.
 */
export class Snapshot implements Adapter<State> {
  readonly #directory: string
  readonly #path: string
  #bytes: number | undefined
  #plan: Plan | undefined
  #replaced = false

  constructor(directory: string) {
    this.#directory = directory
    this.#path = snapshotPath(directory)
  }

  /** Of what was read or written last; undefined where there is no snapshot. */
  get bytes(): number | undefined {
    return this.#bytes
  }

  /** Whether a write went so far that the disk may hold its snapshot, be it the last one or not. */
  get replaced(): boolean {
    return this.#replaced
  }

  /**
   * To be said before each write. lowdb hands `write` the state alone, and these belong to one write and not to the state: until the new
   * snapshot is in place the state keeps the old base, and what `durable` waits for must come between the writing and the renaming.
   */
  plan(plan: Plan): void {
    this.#plan = plan
  }

  async read(): Promise<State | null> {
    const found = await readSnapshot(this.#path)
    this.#bytes = found?.bytes
    return found?.state ?? null
  }

  async write(state: State): Promise<void> {
    const { base, durable } = this.#plan!
    const temporary = this.#temporaryPath
    let bytes: number
    try {
      bytes = await writeSnapshot(temporary, state, base)
      await durable()
    } catch (error) {
      await rm(temporary, { force: true })
      throw error
    }
    this.#replaced = true
    await rename(temporary, this.#path)
    await syncDirectory(this.#directory)
    this.#bytes = bytes
  }

  /** Removes what a writer that died left. */
  async tidy(): Promise<void> {
    await rm(this.#temporaryPath, { force: true })
  }

  get #temporaryPath(): string {
    return `${this.#path}.tmp`
  }
}
