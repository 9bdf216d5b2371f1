import { open, rename, rm } from 'node:fs/promises'
import { dirname } from 'node:path'
import type { Adapter } from 'lowdb'
import { FILE_MODE, syncDirectory, writeWhole } from '../disk.ts'
import { tables } from '../tables.ts'
import { readSnapshot } from './snapshot_reader.ts'
import { FORMAT, type State } from './state.ts'

const SLICE_MILLISECONDS = 2
const SLICE_CHARACTERS = 256 * 1024

/** Where a snapshot is written before it takes the place of the last. */
export function temporaryPath(path: string): string {
  return `${path}.tmp`
}

/**
 * The snapshot as lowdb reads and writes it: one JSON document, one record a line. It is written from the live records in
 * short slices while commits go on, so it may hold more than `base` says; the journals from there on, replayed, make it exact.
 * `durable` must resolve once all that the tables held when it is called is synced, and throw when some was taken back.
 */
export function snapshot(path: string, durable: () => Promise<void>): Adapter<State> {
  return {
    read: () => readSnapshot(path),
    write: async state => {
      const temporary = temporaryPath(path)
      try {
        await writeSnapshot(temporary, state)
        await durable()
      } catch (error) {
        await rm(temporary, { force: true })
        throw error
      }
      await rename(temporary, path)
      await syncDirectory(dirname(path))
    },
  }
}

async function writeSnapshot(path: string, state: State): Promise<void> {
  const handle = await open(path, 'w', FILE_MODE)
  try {
    let offset = 0
    for (const slice of slices(state)) {
      const bytes = Buffer.from(slice)
      await writeWhole(handle, bytes, offset)
      offset += bytes.length
    }
    await handle.sync()
  } finally {
    await handle.close()
  }
}

/** The document in pieces, none of which takes longer than a few milliseconds to make. */
function* slices(state: State): Generator<string> {
  const { store, base, numbers } = state
  const head = JSON.stringify({ helpdeskd: FORMAT, store, base, numbers })
  yield `${head.slice(0, -1)},\n`
  let records = 0
  for (const table of tables) {
    yield `${JSON.stringify(table)}:[\n`
    let text = ''
    let until = performance.now() + SLICE_MILLISECONDS
    let first = true
    const { byId }: { byId: ReadonlyMap<unknown, object> } = state.rows[table]
    // Those that are there now: a record that moves meanwhile is met once, and one that is added stands in the journal.
    for (const id of [...byId.keys()]) {
      const record = byId.get(id)
      if (!record) continue
      text += (first ? '' : ',\n') + JSON.stringify(record)
      first = false
      records++
      if (text.length < SLICE_CHARACTERS && performance.now() < until) continue
      yield text
      text = ''
      until = performance.now() + SLICE_MILLISECONDS
    }
    yield `${text}\n],\n`
  }
  yield `"records":${records}}\n`
}
