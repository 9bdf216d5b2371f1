import { closeSync, existsSync, fstatSync, openSync, readSync, statSync } from 'node:fs'
import { journalPath } from '../../../data/json/journal_file.ts'
import { parsedLine } from '../../../data/json/line.ts'
import { replay } from '../../../data/json/replay.ts'
import { Snapshot, snapshotPath } from '../../../data/json/snapshot/snapshot.ts'
import { type Entry, replayEntry, type State } from '../../../data/json/state.ts'

/** What was read: with which snapshot, and up to where in its last journal. */
interface Read {
  readonly state: State
  readonly snapshot: bigint | undefined
  readonly journal: number
  end: number
}
const LINE_FEED = 10

/** The store on the disk of a daemon that may be running. Each look reads on from where the last one ended. */
export class FollowedStore {
  readonly directory: string
  #read: Read | undefined

  constructor(directory: string) {
    this.directory = directory
  }

  /** What the next start of the daemon would find. The next call changes it. */
  async state(): Promise<State> {
    if (!this.#read || !readsOn(this.directory, this.#read)) this.#read = await readWhole(this.directory)
    return this.#read.state
  }
}

async function readWhole(directory: string): Promise<Read> {
  const snapshot = snapshotIn(directory)
  const state = await new Snapshot(directory).read()
  if (!state) throw new Error(`there is no store in ${directory}`)
  const { last } = await replay(directory, state, ({ journal }) => {
    throw new Error(`journal ${journal} is damaged`)
  })
  return { state, snapshot, journal: last?.journal ?? state.base.journal, end: last?.end ?? 0 }
}

/** A checkpoint replaces the file. */
function snapshotIn(directory: string): bigint | undefined {
  return statSync(snapshotPath(directory), { bigint: true, throwIfNoEntry: false })?.mtimeNs
}

/** Replays what the last journal has got. Says no if more than that has changed; then the state must be read again. */
function readsOn(directory: string, read: Read): boolean {
  if (snapshotIn(directory) !== read.snapshot || existsSync(journalPath(directory, read.journal + 1)))
    return false
  const fresh = bytesFrom(journalPath(directory, read.journal), read.end)
  if (!fresh) return false
  for (let at = 0; ; ) {
    const end = fresh.indexOf(LINE_FEED, at)
    if (end < 0) return true
    const entry = parsedLine(fresh.subarray(at, end)) as Entry | undefined
    if (entry?.seq !== read.state.seq + 1) return false
    replayEntry(read.state, entry)
    read.end += end + 1 - at
    at = end + 1
  }
}

/** The bytes of a file behind an offset; undefined if it is shorter. */
function bytesFrom(path: string, offset: number): Buffer | undefined {
  const file = openSync(path, 'r')
  try {
    const length = fstatSync(file).size - offset
    if (length < 0) return undefined
    const bytes = Buffer.alloc(length)
    return bytes.subarray(0, readSync(file, bytes, 0, length, offset))
  } finally {
    closeSync(file)
  }
}
