import { createReadStream } from 'node:fs'
import { open } from 'node:fs/promises'
import { crc32 } from 'node:zlib'
import { FILE_MODE, syncFile, writeWhole } from '../../disk.ts'
import { tables } from '../../indexes.ts'
import { KIB } from '../../sizes.ts'
import type { Id, Table } from '../../tables.ts'
import { chunked } from '../chunks.ts'
import { hex } from '../line.ts'
import { latin1Of, lineOfPacked } from '../packed.ts'
import type { Rows } from '../rows.ts'
import { type Base, FORMAT, type State } from '../state.ts'

const SLICE_MILLISECONDS = 2
const SLICE_CHARACTERS = 256 * KIB
/** How many ids are looked up at once; some of these records may be deleted before they are written. */
const PAGE = 500

/** Writes a whole snapshot, syncs it and reads it back; gives its size in bytes. Throws SyncFailed, or the error of the system. */
export async function writeSnapshot(path: string, state: State, base: Base): Promise<number> {
  let sum: Sum = { bytes: 0, checksum: 0 }
  const handle = await open(path, 'w', FILE_MODE)
  const write = async (text: string) => {
    const piece = Buffer.from(text, 'latin1')
    await writeWhole(handle, piece, sum.bytes)
    sum = added(sum, piece)
  }
  try {
    let records = 0
    for (const slice of slices(state, base)) {
      await write(slice.text)
      records += slice.records
    }
    await write(`"records":${records},"crc32":"${hex(sum.checksum)}"}\n`)
    await syncFile(handle)
  } finally {
    await handle.close()
  }
  await readBack(path, sum)
  return sum.bytes
}

interface Sum {
  readonly bytes: number
  readonly checksum: number
}

function added({ bytes, checksum }: Sum, piece: Uint8Array): Sum {
  return { bytes: bytes + piece.length, checksum: crc32(piece, checksum) }
}

/** Checks the new snapshot before the old one and the journals are removed. */
async function readBack(path: string, written: Sum): Promise<void> {
  let sum: Sum = { bytes: 0, checksum: 0 }
  for await (const chunk of createReadStream(path, chunked)) sum = added(sum, chunk)
  if (sum.bytes === written.bytes && sum.checksum === written.checksum) return
  throw new Error(`${path} does not hold what was written to it; the disk may be failing.`)
}

interface Slice {
  /** One character for each byte of UTF-8. */
  readonly text: string
  readonly records: number
}

/** All lines but the last, in pieces that take a few milliseconds each. */
function* slices({ store, numbers, rows }: State, base: Base): Generator<Slice> {
  const head = JSON.stringify({ helpdeskd: FORMAT, store, base, numbers })
  yield { text: `${head.slice(0, -1)},\n`, records: 0 }
  for (const table of tables) {
    let text = `${JSON.stringify(table)}:[\n`
    let records = 0
    let until = performance.now() + SLICE_MILLISECONDS
    let first = true
    for (const line of lines(rows[table] as Rows<Table>)) {
      text += (first ? '' : ',\n') + line
      first = false
      records++
      if (text.length < SLICE_CHARACTERS && performance.now() < until) continue
      yield { text, records }
      text = ''
      records = 0
      until = performance.now() + SLICE_MILLISECONDS
    }
    yield { text: `${text}\n],\n`, records }
  }
}

/**
 * The lines of a table, which may change between any two of them. Each record that stays is given once, in its current version. A record
 * that is added meanwhile may be missing.
 */
function* lines({ byId }: Rows<Table>): Generator<string> {
  const [last] = byId.before(undefined)
  let ids: Id<Table>[] = []
  do {
    ids = byId.idsAfter(ids.at(-1), PAGE)
    for (const id of ids) {
      const entry = byId.entry(id)
      if (entry === undefined) continue
      yield typeof entry === 'string' ? lineOfPacked(entry) : latin1Of(JSON.stringify(entry))
    }
  } while (ids.length === PAGE && ids.at(-1)! < last!.id)
}
