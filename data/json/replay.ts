import { journalPath, journals } from './journal_file.ts'
import { type Line, readJournal } from './journal_reader.ts'
import { type Entry, replayEntry, type State } from './state.ts'

/** Where a journal cannot be read. */
export interface Flaw {
  readonly journal: number
  /** The first byte that cannot be read; undefined if the whole journal is missing. */
  readonly offset: number | undefined
  /** The first and the last commit that are lost there; if no lost commit is known, `last` is below `first`. */
  readonly first: number
  readonly last: number
}
export interface Replayed {
  /** The last journal, and where its readable part ends; undefined if there is none. */
  readonly last: { readonly journal: number; readonly end: number } | undefined
  /** Size of the torn tail in bytes: it was half-written when the machine or the process died, and confirmed to nobody. */
  readonly torn: number
  /** From here on no later line says that the bytes were synced; undefined if all were. */
  readonly unsure: Place | undefined
  /** Whether the journals still contain deleted records. */
  readonly deletes: boolean
}
export interface Place {
  readonly journal: number
  readonly offset: number
}
/** Takes the place of missing journals between the lines; `journal` is the first of them. */
interface Gap {
  readonly journal: number
  readonly offset: undefined
  readonly bytes: 0
  readonly holds: { readonly kind: 'gap' }
}
type Piece = Line | Gap

/**
 * Replays the journals from `state.base` on into the state. An unreadable or missing line is damage only if a later good line says
 * that it was durable: `damage` is called with it, and either throws or lets the replay continue without it. Otherwise it is the torn
 * tail: it and everything after it was never confirmed to anybody and is left out. A missing journal is always damage, since it is
 * created before anything names or follows it.
 */
export async function replay(
  directory: string,
  state: State,
  damage: (flaw: Flaw) => void,
): Promise<Replayed> {
  const folded: Folded = { deletes: false, unsure: [] }
  let last: Replayed['last']
  /** The pieces from a flaw on that are not replayed yet; empty if there is no flaw. A later good line decides what they are. */
  const ahead: Piece[] = []
  let expected = state.base.journal
  const present = (await journals(directory)).filter(journal => journal >= expected)
  if (present.length === 0) ahead.push(gapAt(expected))
  for (const journal of present) {
    if (journal > expected) ahead.push(gapAt(expected))
    expected = journal + 1
    if (ahead.length === 0) last = { journal, end: 0 }
    for await (const line of readJournal(journalPath(directory, journal), journal, state.store)) {
      hold(ahead, line)
      foldOn(ahead, state, damage, folded)
      const [flaw] = ahead
      last = flaw
        ? { journal: flaw.journal, end: flaw.offset ?? 0 }
        : { journal, end: line.offset + line.bytes }
    }
  }
  tellOfGaps(ahead, state.seq + 1, damage)
  const torn = ahead.reduce((sum, { bytes }) => sum + bytes, 0)
  return { last, torn, unsure: folded.unsure[0], deletes: folded.deletes }
}

/** The result so far. */
interface Folded {
  deletes: boolean
  /** The places of the commits that no line so far says were synced: a few groups at most. */
  readonly unsure: (Place & { readonly seq: number })[]
}

/** Notes a replayed commit. A whole journal is synced before the first commit goes to the next one. */
function noteFolded(
  folded: Folded,
  { journal, offset }: Line,
  { seq, durable, delete: deleted }: Entry,
): void {
  if (Object.keys(deleted).length > 0) folded.deletes = true
  const { unsure } = folded
  while (unsure[0] && (unsure[0].seq <= durable || unsure[0].journal !== journal)) unsure.shift()
  unsure.push({ journal, offset, seq })
}

function gapAt(journal: number): Gap {
  return { journal, offset: undefined, bytes: 0, holds: { kind: 'gap' } }
}

/** Adds a line. Consecutive unreadable lines become one piece, since there may be millions. */
function hold(ahead: Piece[], line: Line): void {
  const before = ahead.at(-1)
  const unreadable = before?.holds.kind === 'nothing' && line.holds.kind === 'nothing'
  if (unreadable && before.journal === line.journal)
    ahead[ahead.length - 1] = { ...before, bytes: before.bytes + line.bytes } as Line
  else ahead.push(line)
}

/** Replays the pieces that follow the state, and continues after a flaw once it is known to be damage. */
function foldOn(ahead: Piece[], state: State, damage: (flaw: Flaw) => void, folded: Folded): void {
  for (;;) {
    while (ahead[0] && follows(ahead[0], state.seq)) {
      const piece = ahead.shift()!
      if (piece.holds.kind !== 'commit' || piece.holds.entry.seq <= state.seq) continue
      replayEntry(state, piece.holds.entry)
      noteFolded(folded, piece as Line, piece.holds.entry)
    }
    const [flaw] = ahead
    const first = state.seq + 1
    if (!flaw || !tellsOfLoss(ahead, flaw, first)) return
    const next = ahead.findIndex(piece => seqOf(piece) >= first)
    state.seq = seqOf(ahead[next]!) - 1
    damage({ journal: flaw.journal, offset: flaw.offset, first, last: state.seq })
    tellOfGaps(ahead.splice(0, next).slice(1), state.seq + 1, damage)
  }
}

function follows(piece: Piece, seq: number): boolean {
  return piece.holds.kind === 'header' || seqOf(piece) <= seq + 1
}

/** The number of the commit in a piece; NaN, with which every comparison is false, if there is none. */
function seqOf({ holds }: Piece): number {
  return holds.kind === 'commit' ? holds.entry.seq : Number.NaN
}

/**
 * Whether a good line after a flaw says that the lost part was synced. Only the last line needs a check, since its `durable` is the
 * highest. A journal's header is synced before its first line, and a whole journal before the next.
 */
function tellsOfLoss(ahead: readonly Piece[], flaw: Piece, first: number): boolean {
  const teller = ahead.at(-1)
  if (teller?.holds.kind !== 'commit') return false
  const { entry } = teller.holds
  if (entry.seq < first) return false
  if (entry.durable >= first || ahead.some(({ holds }) => holds.kind === 'gap')) return true
  return flaw.offset === 0 && teller.journal === flaw.journal
}

function tellOfGaps(pieces: readonly Piece[], first: number, damage: (flaw: Flaw) => void): void {
  for (const { journal, holds } of pieces) {
    if (holds.kind === 'gap') damage({ journal, offset: undefined, first, last: first - 1 })
  }
}
