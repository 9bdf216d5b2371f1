import { readdir } from 'node:fs/promises'
import { journalPath } from './journal_file.ts'
import { type Line, readJournal } from './journal_reader.ts'
import { replayEntry, type State } from './state.ts'

/** Where a journal stops being readable. */
export interface Flaw {
  readonly journal: number
  readonly offset: number
  /** The commits that are lost there, first to last; none where only the journal's header is, then `last` is below `first`. */
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
  let commits = 0
  let last: Replayed['last']
  /** From the first line on that does not follow: empty but for a flaw, and then no longer than the lines that tell of it. */
  const ahead: Line[] = []
  for (const journal of await journals(directory)) {
    if (journal < state.base.journal) continue
    for await (const line of readJournal(journalPath(directory, journal), journal, state.store)) {
      hold(ahead, line)
      commits += foldOn(ahead, state, damage)
      const [flaw] = ahead
      last = flaw ? { journal: flaw.journal, end: flaw.offset } : { journal, end: line.offset + line.bytes }
    }
  }
  return { commits, last, torn: ahead.reduce((sum, { bytes }) => sum + bytes, 0) }
}

/** Unreadable lines in a row count as one: there may be millions. */
function hold(ahead: Line[], line: Line): void {
  const before = ahead.at(-1)
  const joins = before && !before.entry && !line.entry && before.journal === line.journal
  if (joins) ahead[ahead.length - 1] = { ...before, bytes: before.bytes + line.bytes }
  else ahead.push(line)
}

/** Folds in what follows, and goes on behind a flaw once it is known for damage; gives how many commits that were. */
function foldOn(ahead: Line[], state: State, damage: (flaw: Flaw) => void): number {
  let commits = 0
  for (;;) {
    while (ahead[0]?.entry && ahead[0].entry.seq <= state.seq + 1) {
      const { entry } = ahead.shift()!
      if (entry!.seq <= state.seq) continue
      replayEntry(state, entry!)
      commits++
    }
    const [flaw] = ahead
    const first = state.seq + 1
    if (!flaw || !tellsOfLoss(ahead.at(-1)!, flaw, first)) return commits
    const next = ahead.findIndex(line => line.entry && line.entry.seq >= first)
    state.seq = ahead[next]!.entry!.seq - 1
    damage({ journal: flaw.journal, offset: flaw.offset, first, last: state.seq })
    ahead.splice(0, next)
  }
}

/**
 * Whether a good line behind a flaw tells that what is gone had been synced. The last line knows of the most. A journal's header
 * is synced before its first line.
 */
function tellsOfLoss({ entry, journal }: Line, flaw: Line, first: number): boolean {
  if (!entry || entry.seq < first) return false
  return entry.durable >= first || (flaw.offset === 0 && journal === flaw.journal)
}
