import { readdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { absent } from '../../data/disk.ts'
import { Failure } from '../../data/failure.ts'
import { snapshotPath } from '../../data/json/snapshot/snapshot.ts'
import { damagedJournals, tornTails } from '../../data/json/torn_tail.ts'
import type { Instant } from '../../data/tables.ts'

/** The files of the embedded store in a state directory. */
export interface StateFiles {
  readonly directory: string
  readonly snapshot_bytes: number
  /** When the last checkpoint ended; null if there was none. */
  readonly checkpoint: Instant | null
  readonly journal_bytes: number
  readonly journals: number
  /** What was cut off, or is damaged, and is kept for 30 days. */
  readonly torn: readonly LeftFile[]
  readonly damaged: readonly LeftFile[]
}
interface LeftFile {
  readonly path: string
  readonly bytes: number
}

/** Looks at the files of a state directory, whether a daemon runs or not. Throws Failure `not_found` if there is no such directory. */
export async function stateFiles(directory: string): Promise<StateFiles> {
  const names = await readdir(directory).catch(absent)
  if (!names)
    throw new Failure('not_found', `There is no state directory ${directory}; "helpdeskd init" creates it.`)
  const snapshot = await stat(snapshotPath(directory)).catch(absent)
  const journals = await sizesOf(
    names.filter(name => name.endsWith('.journal')).map(name => join(directory, name)),
  )
  return {
    directory,
    snapshot_bytes: snapshot?.size ?? 0,
    checkpoint: snapshot?.mtime.toISOString() ?? null,
    journal_bytes: journals.reduce((sum, { bytes }) => sum + bytes, 0),
    journals: journals.length,
    torn: await sizesOf(await tornTails(directory)),
    damaged: await sizesOf(await damagedJournals(directory)),
  }
}

/** Leaves out files that a running daemon removes meanwhile. */
async function sizesOf(paths: readonly string[]): Promise<LeftFile[]> {
  const found = await Promise.all(paths.map(path => stat(path).catch(absent)))
  return paths.flatMap((path, place) => {
    const file = found[place]
    return file ? [{ path, bytes: file.size }] : []
  })
}
