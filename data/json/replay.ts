import { readdir, readFile } from 'node:fs/promises'
import { Failure } from '../failure.ts'
import { journalPath } from './journal_file.ts'
import { parsedLine } from './line.ts'
import { type Entry, FORMAT, replayEntry, type State } from './state.ts'

/** Where a journal stops being readable. */
export interface Flaw {
  readonly journal: number
  readonly offset: number
  /** The commits that are lost there, first to last. */
  readonly first: number
  readonly last: number
}
export interface Replayed {
  /** How many commits were folded in. */
  readonly commits: number
  /** The last journal there is, with where its readable part ends; undefined where there is none. */
  readonly last: { readonly journal: number; readonly end: number } | undefined
  /** Bytes of a torn tail: half-written when the machine or the process died, told to nobody. */
  readonly torn: number
}
interface Line {
  readonly journal: number
  readonly offset: number
  readonly bytes: number
  readonly entry: Entry | undefined
}

/** The numbers of the journals in a directory, in order. */
export async function journals(directory: string): Promise<number[]> {
  const names = await readdir(directory)
  const numbers = names.map(name => /^helpdesk\.([1-9][0-9]*)\.journal$/.exec(name)?.[1])
  return numbers
    .filter(number => number !== undefined)
    .map(Number)
    .sort((a, b) => a - b)
}

/**
 * Folds the journals from `state.base` on into the state. A line that cannot be read, or is missing, is damage only where a
 * later good line says that it had been durable: that goes to `damage`, which throws or lets the later lines be folded in
 * without it. Otherwise it is the torn tail: it and what stands behind it was never told to anybody and is left out.
 */
export async function replay(
  directory: string,
  state: State,
  damage: (flaw: Flaw) => void,
): Promise<Replayed> {
  const numbers = (await journals(directory)).filter(number => number >= state.base.journal)
  const lines: Line[] = []
  for (const number of numbers) lines.push(...(await linesOf(directory, number, state.store)))
  let commits = 0
  for (let at = 0; at < lines.length; ) {
    const { entry, journal, offset } = lines[at]!
    const expected = state.seq + 1
    if (entry && entry.seq <= expected) {
      if (entry.seq === expected) {
        replayEntry(state, entry)
        commits++
      }
      at++
      continue
    }
    if (!wasDurable(lines, at, expected)) return { commits, ...tail(lines, at) }
    const next = lines.findIndex((line, index) => index >= at && line.entry && line.entry.seq >= expected)
    state.seq = lines[next]!.entry!.seq - 1
    damage({ journal, offset, first: expected, last: state.seq })
    at = next
  }
  return { commits, ...tail(lines, lines.length) }
}

/** Whether a good line behind the flaw tells that what is gone had been synced. A journal's header is synced before its first line. */
function wasDurable(lines: Line[], at: number, expected: number): boolean {
  const flaw = lines[at]!
  return lines
    .slice(at)
    .some(
      ({ entry, journal }) =>
        entry &&
        (entry.durable >= expected || (flaw.offset === 0 && journal === flaw.journal && entry.seq > 0)),
    )
}

function tail(lines: Line[], from: number): { last: Replayed['last']; torn: number } {
  const torn = lines.slice(from).reduce((sum, line) => sum + line.bytes, 0)
  const last = lines[from] ?? lines.at(-1)
  if (!last) return { last: undefined, torn }
  return {
    last: { journal: last.journal, end: from < lines.length ? last.offset : last.offset + last.bytes },
    torn,
  }
}

async function linesOf(directory: string, journal: number, store: string): Promise<Line[]> {
  const path = journalPath(directory, journal)
  const bytes = await readFile(path)
  const lines: Line[] = []
  for (let offset = 0; offset < bytes.length; ) {
    const newline = bytes.indexOf(10, offset)
    const end = newline < 0 ? bytes.length : newline + 1
    const value = newline < 0 ? undefined : readable(bytes.subarray(offset, newline))
    if (offset === 0) checkHeader(path, value, store)
    // A header stands for no commit: as an entry of number 0 it is passed over, and unreadable it is a torn tail like any line.
    const entry = offset === 0 && value ? HEADER : (value as Entry | undefined)
    lines.push({ journal, offset, bytes: end - offset, entry })
    offset = end
  }
  return lines
}

const HEADER: Entry = { seq: 0, durable: 0, put: {}, delete: {}, numbers: {} }

function readable(line: Buffer): object | undefined {
  const value = parsedLine(line)
  return typeof value === 'object' && value !== null ? value : undefined
}

function checkHeader(path: string, value: object | undefined, store: string): void {
  if (!value) return
  const header = value as { helpdeskd_journal?: number; store?: string }
  if (header.helpdeskd_journal !== FORMAT) {
    throw new Failure(
      'invalid',
      `${path} has format ${header.helpdeskd_journal}; this version reads ${FORMAT}.`,
    )
  }
  if (header.store !== store) {
    throw new Failure('invalid', `${path} belongs to another store; move it out of the state directory.`)
  }
}
