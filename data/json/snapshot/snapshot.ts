import { rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { Adapter } from 'lowdb'
import { syncDirectory } from '../../disk.ts'
import type { Base, State } from '../state.ts'
import { readSnapshot } from './snapshot_reader.ts'
import { writeSnapshot } from './snapshot_writer.ts'

export function snapshotPath(directory: string): string {
  return join(directory, 'helpdesk.json')
}

/** What the writer of a snapshot needs besides the tables. */
export interface Plan {
  /** Where the replay after this snapshot starts. */
  readonly base: Base
  /** Resolves when everything that the tables contain at the call is synced; throws if some of it was rolled back. */
  durable(): Promise<void>
}

/**
 * The snapshot, as an adapter of lowdb: one JSON document, one record a line, and in the last line the CRC-32 of all lines before it.
 * It is written from the live records in short slices while commits continue, so it may contain later changes than its base says;
 * replaying the journals from the base on makes it exact.
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

  /** The size of the last snapshot read or written; undefined if there is none. */
  get bytes(): number | undefined {
    return this.#bytes
  }

  /** Whether a write got so far that its snapshot may be on disk, even if that write failed later. */
  get replaced(): boolean {
    return this.#replaced
  }

  /**
   * To be called before each write, since lowdb passes only the state to `write`. The plan is not part of the state: the state keeps
   * the old base until the new snapshot is in place, and `durable` is awaited between writing and renaming.
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

  /** Removes the temporary file of a write that died. */
  async tidy(): Promise<void> {
    await rm(this.#temporaryPath, { force: true })
  }

  get #temporaryPath(): string {
    return `${this.#path}.tmp`
  }
}
