import { type FileHandle, open } from 'node:fs/promises'
import { crc32 } from 'node:zlib'
import { absent, withPath } from '../../disk.ts'
import { Failure } from '../../failure.ts'
import { tables } from '../../indexes.ts'
import type { Table } from '../../tables.ts'
import { readRuns } from '../chunks.ts'
import { hex } from '../line.ts'
import { isPacked, packedIn } from '../packed.ts'
import type { Rows } from '../rows.ts'
import { emptyState, FORMAT, type State } from '../state.ts'

export interface ReadSnapshot {
  readonly state: State
  readonly bytes: number
}

/** Reads a snapshot in chunks, and parses many records at once; undefined if there is no snapshot. Throws Failure `invalid` if it is damaged. */
export async function readSnapshot(path: string): Promise<ReadSnapshot | undefined> {
  const handle = await open(path, 'r').catch(absent)
  if (!handle) return undefined
  try {
    return await readLines(path, handle)
  } catch (error) {
    // A TypeError comes from JSON without the structure of a snapshot.
    if (error instanceof SyntaxError || error instanceof TypeError) throw damaged(path)
    throw withPath(error, path)
  } finally {
    await handle.close()
  }
}

interface SnapshotReading {
  state: State | undefined
  table: Table | undefined
  records: number
  bytes: number
  /** The CRC-32 of all lines but the last, which states it. */
  checksum: number
  lastLine: Buffer
  end: boolean
}

async function readLines(path: string, handle: FileHandle): Promise<ReadSnapshot> {
  const reading: SnapshotReading = {
    state: undefined,
    table: undefined,
    records: 0,
    bytes: 0,
    checksum: 0,
    lastLine: Buffer.alloc(0),
    end: false,
  }
  for await (const run of readRuns(handle)) {
    if (run.at(-1) !== LINE_FEED) throw damaged(path)
    addUp(reading, run)
    takeLines(path, reading, run)
  }
  const { state, end, bytes, checksum, lastLine } = reading
  if (!state || !end || JSON.parse(`{${lastLine}`).crc32 !== hex(checksum)) throw damaged(path)
  return { state, bytes }
}

const LINE_FEED = 10
const BRACE = 123
const COMMA = 44

function addUp(reading: SnapshotReading, run: Buffer): void {
  const lastLine = run.lastIndexOf(LINE_FEED, -2) + 1
  reading.bytes += run.length
  reading.checksum = crc32(run.subarray(0, lastLine), crc32(reading.lastLine, reading.checksum))
  reading.lastLine = Buffer.from(run.subarray(lastLine))
}

/** Reads whole lines. Lines of records begin with a brace; they are read together, up to the line that ends their table. */
function takeLines(path: string, reading: SnapshotReading, run: Buffer): void {
  let at = 0
  while (at < run.length) {
    const records = reading.state && run[at] === BRACE
    const next = records ? nextOther(run, at) : run.indexOf(LINE_FEED, at) + 1
    if (!records) takeFrame(path, reading, run.toString('utf8', at, next).trimEnd())
    else if (isPacked(reading.table!)) takePacked(reading, run.subarray(at, next))
    else takeRecords(reading, run.toString('utf8', at, next))
    at = next
  }
}

function nextOther(run: Buffer, at: number): number {
  const end = run.indexOf('\n]', at)
  return end < 0 ? run.length : end + 1
}

function takePacked(reading: SnapshotReading, run: Buffer): void {
  const rows = reading.state!.rows[reading.table!] as Rows<Table>
  for (let at = 0; at < run.length; ) {
    const end = run.indexOf(LINE_FEED, at)
    rows.load(packedIn(run, at, run[end - 1] === COMMA ? end - 1 : end))
    reading.records++
    at = end + 1
  }
}

function takeRecords(reading: SnapshotReading, text: string): void {
  const rows = reading.state!.rows[reading.table!] as Rows<Table>
  const list = text.trimEnd()
  const records = JSON.parse(`[${list.endsWith(',') ? list.slice(0, -1) : list}]`)
  for (const record of records) rows.set(record)
  reading.records += records.length
}

function takeFrame(path: string, reading: SnapshotReading, line: string): void {
  if (!reading.state) {
    const { helpdeskd, store, base, numbers } = JSON.parse(`${line.replace(/,$/, '')}}`)
    if (helpdeskd !== FORMAT)
      throw new Failure('invalid', `${path} has format ${helpdeskd}; this version reads ${FORMAT}.`)
    reading.state = { ...emptyState(), store, base, numbers, seq: base.seq }
    return
  }
  if (line === '' || line === '],' || reading.end) return
  if (line.endsWith('}')) {
    if (JSON.parse(`{${line}`).records !== reading.records) throw damaged(path)
    reading.end = true
    return
  }
  const table = JSON.parse(line.slice(0, line.indexOf(':'))) as Table
  if (!tables.includes(table)) throw damaged(path)
  reading.table = table
}

function damaged(path: string): Failure {
  return new Failure('invalid', `${path} is damaged; restore a backup of the whole state directory.`)
}
