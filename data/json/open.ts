// One thing: the start. Each step relies on what the steps before it found.
import { join } from 'node:path'
import { Low } from 'lowdb'
import {
  copyDurably,
  isFull,
  makeDirectory,
  noRoom,
  SyncFailed,
  syncDirectory,
  syncFile,
  withPath,
} from '../disk.ts'
import { Failure } from '../failure.ts'
import { tables } from '../indexes.ts'
import { filesOf, type KeptFile } from '../kept_files.ts'
import type { Store } from '../store.ts'
import type { FileName } from '../tables.ts'
import { JsonFiles } from './files.ts'
import {
  continueJournal,
  createJournal,
  dropJournals,
  dropJournalsAfter,
  type JournalFile,
  journalPath,
  journals,
  rewriteJournal,
} from './journal_file.ts'
import { readHeader } from './journal_reader.ts'
import { lock } from './lock/lock.ts'
import { type Flaw, type Replayed, replay } from './replay.ts'
import { Snapshot, snapshotPath } from './snapshot/snapshot.ts'
import { emptyState, type State } from './state.ts'
import { JsonStore, type StoreEvents } from './store.ts'
import { storedPath } from './stored_bytes.ts'
import { dropOldTails, keepTornTail } from './torn_tail.ts'

/**
 * Opens the embedded store of a directory, and creates it if it is missing. Throws Failure `conflict` while another process has it
 * open, `invalid` if confirmed data cannot be read, `full` if there is no space to begin.
 */
export async function openStore(directory: string, events: StoreEvents): Promise<Store> {
  return open(directory, events, refuseDamage)
}

/** Opens a damaged store without the unreadable parts, and writes a new snapshot. Gives the flaws; a copy of each damaged journal stays beside it. */
export async function repairStore(directory: string, events: StoreEvents): Promise<Flaw[]> {
  const flaws: Flaw[] = []
  const store = await open(directory, events, flaw => flaws.push(flaw))
  await store.close()
  return flaws
}

function refuseDamage({ journal, offset, first, last }: Flaw): never {
  const commits = last > first ? `commits ${first} to ${last}` : `commit ${first}`
  const lost = last < first ? 'its header cannot be read' : `${commits} had been confirmed and cannot be read`
  const what = offset === undefined ? 'is missing' : `is damaged at byte ${offset}: ${lost}`
  throw new Failure(
    'invalid',
    `helpdesk.${journal}.journal ${what}. ` +
      'Restore a backup, or run "helpdeskd repair" to continue without what is lost.',
  )
}

interface StoreOpening {
  readonly directory: string
  readonly events: StoreEvents
  readonly damage: (flaw: Flaw) => void
  readonly release: () => Promise<void>
}

async function open(
  directory: string,
  events: StoreEvents,
  damage: (flaw: Flaw) => void,
): Promise<JsonStore> {
  try {
    await makeDirectory(directory)
    const release = await lock(directory)
    try {
      return await start({ directory, events, damage, release })
    } catch (error) {
      await release()
      throw error
    }
  } catch (error) {
    if (error instanceof SyncFailed) events.fatal(error)
    throw isFull(error as Error) ? noRoom(error as Error) : withPath(error, directory)
  }
}

async function start({ directory, events, damage, release }: StoreOpening): Promise<JsonStore> {
  await makeDirectory(filesIn(directory))
  const snapshot = new Snapshot(directory)
  const low = new Low<State>(snapshot, emptyState())
  await low.read()
  if (snapshot.bytes === undefined) low.data = await beginning(directory)
  const flaws: Flaw[] = []
  const replayed = await replay(directory, low.data, flaw => {
    damage(flaw)
    flaws.push(flaw)
  })
  await keepAside(directory, flaws)
  const { torn, last } = replayed
  if (torn > 0) events.tornTail({ bytes: torn, kept: await keepTornTail(directory, last!) })
  const file =
    flaws.length > 0 ? await newJournal(directory, low.data) : await goOn(directory, low.data, replayed)
  const files = new JsonFiles({
    directory: filesIn(directory),
    named: namedIn(low.data),
    fatal: error => events.fatal(error),
  })
  const store = new JsonStore({ directory, low, snapshot, file, files, events, release })
  try {
    // After a repair a new snapshot replaces the damaged journals; and the first start writes the first snapshot.
    if (flaws.length > 0 || isFirst(low.data, snapshot)) await store.checkpoint()
    else await tidy(directory, snapshot, low.data, files)
    if (replayed.deletes) store.deletedBefore()
  } catch (error) {
    await store.stop()
    // Removes the new journal, since a start may fail many times; unless the new snapshot, which names it, may be on disk already.
    if (flaws.length > 0 && !snapshot.replaced) await dropJournalsAfter(directory, file.number - 1)
    throw error
  }
  return store
}

function isFirst({ seq }: State, { bytes }: Snapshot): boolean {
  return bytes === undefined && seq === 0
}

async function newJournal(directory: string, { store, seq, base }: State): Promise<JournalFile> {
  const highest = Math.max(base.journal, ...(await journals(directory)))
  return createJournal(directory, { journal: highest + 1, store, seq })
}

/**
 * Continues in the last journal. After an unclean end it cuts off the torn tail, and writes to disk what may be in the page cache only,
 * before anybody reads it. It writes nothing else, so the start works on a full disk.
 */
async function goOn(
  directory: string,
  { store, seq }: State,
  { last, torn, unsure }: Replayed,
): Promise<JournalFile> {
  const { journal, end } = last!
  await dropJournalsAfter(directory, end > 0 ? journal : journal - 1)
  const file =
    end > 0
      ? await continueJournal(directory, journal, end)
      : await createJournal(directory, { journal, store, seq })
  try {
    if (unsure) await rewriteJournal(directory, unsure.journal, unsure.offset)
    if (torn > 0) await syncFile(file.handle)
  } catch (error) {
    await file.handle.close()
    throw error
  }
  return file
}

function filesIn(directory: string): string {
  return join(directory, 'files')
}

/** The path of a file of a state directory, for a program of its owner. */
export function pathOfFile(directory: string, name: FileName): string {
  return storedPath(filesIn(directory), name)
}

/** The state without a snapshot: this is the first start, or the first start died before it wrote one. Throws Failure `invalid` if a snapshot is missing. */
async function beginning(directory: string): Promise<State> {
  const state = emptyState()
  const present = await journals(directory)
  const headers = await Promise.all(present.map(journal => readHeader(journalPath(directory, journal))))
  if (headers.some(header => header && header.seq > 0)) {
    throw new Failure(
      'invalid',
      `${snapshotPath(directory)} is missing, and the journals alone are incomplete; restore a backup of the whole state directory.`,
    )
  }
  const store = headers.find(header => header)?.store ?? state.store
  const [journal = 1] = present
  if (present.length === 0) {
    const { handle } = await createJournal(directory, { journal, store, seq: 0 })
    await handle.close()
  }
  return { ...state, store, base: { journal, seq: 0 } }
}

/** Keeps a copy of each damaged journal, for a rescue by hand. */
async function keepAside(directory: string, flaws: readonly Flaw[]): Promise<void> {
  const damaged = flaws.filter(({ offset }) => offset !== undefined)
  for (const journal of new Set(damaged.map(({ journal }) => journal))) {
    const path = journalPath(directory, journal)
    await copyDurably(path, `${path}.damaged`)
  }
}

/** Finishes what a checkpoint that died left undone, once its snapshot is durable. */
async function tidy(directory: string, snapshot: Snapshot, state: State, files: JsonFiles): Promise<void> {
  await syncDirectory(directory)
  await snapshot.tidy()
  await dropJournals(directory, state.base.journal)
  await dropOldTails(directory)
  await files.sweep()
}

function* namedIn(state: State): Generator<KeptFile> {
  for (const table of tables) {
    const names = filesOf[table] as ((record: object) => readonly KeptFile[]) | undefined
    // Packed records name no files.
    if (names) for (const record of state.rows[table].byId.objects()) yield* names(record)
  }
}
