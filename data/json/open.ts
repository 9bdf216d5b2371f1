// One thing: the start. What each step finds decides what the next may take for granted.
import { join } from 'node:path'
import { Low } from 'lowdb'
import { copyDurably, isFull, makeDirectory, noRoom, SyncFailed, syncDirectory } from '../disk.ts'
import { Failure } from '../failure.ts'
import type { Store } from '../store.ts'
import { type FileName, filesOf, tables } from '../tables.ts'
import { JsonFiles } from './files.ts'
import {
  continueJournal,
  createJournal,
  dropJournals,
  dropJournalsAfter,
  journalPath,
  journals,
} from './journal_file.ts'
import { readHeader } from './journal_reader.ts'
import { lock } from './lock.ts'
import { type Flaw, replay } from './replay.ts'
import { Snapshot, snapshotPath } from './snapshot.ts'
import { emptyState, type State } from './state.ts'
import { JsonStore, type StoreEvents } from './store.ts'

/**
 * Opens the embedded store of a directory, which it makes where there is none. Throws Failure `conflict` while another process
 * has it open, `invalid` when something that had been promised cannot be read back, `full` when there is no room to begin.
 */
export async function openStore(directory: string, events: StoreEvents): Promise<Store> {
  return open(directory, events, refuseDamage)
}

/** Opens a damaged store without what cannot be read, and writes the rest whole. Gives the flaws; each damaged journal is kept aside. */
export async function repairStore(directory: string, events: StoreEvents): Promise<Flaw[]> {
  const flaws: Flaw[] = []
  const store = await open(directory, events, flaw => flaws.push(flaw))
  await store.close()
  return flaws
}

function refuseDamage({ journal, offset, first, last }: Flaw): never {
  const commits = last > first ? `commits ${first} to ${last}` : `commit ${first}`
  const lost = last < first ? 'its header cannot be read' : `${commits} had been kept and cannot be read`
  const what = offset === undefined ? 'is missing' : `is damaged at byte ${offset}: ${lost}`
  throw new Failure(
    'invalid',
    `helpdesk.${journal}.journal ${what}. ` +
      'Put back a backup, or run "helpdeskd repair" to go on without what is lost.',
  )
}

interface Opening {
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
    throw isFull(error as Error) ? noRoom(error as Error) : error
  }
}

async function start({ directory, events, damage, release }: Opening): Promise<JsonStore> {
  await makeDirectory(filesIn(directory))
  const snapshot = new Snapshot(directory)
  const low = new Low<State>(snapshot, emptyState())
  await low.read()
  if (snapshot.bytes === undefined) low.data = await beginning(directory)
  const flaws: Flaw[] = []
  const { commits, last, torn } = await replay(directory, low.data, flaw => {
    damage(flaw)
    flaws.push(flaw)
  })
  if (torn) events.tornTail(torn)
  await keepAside(directory, flaws)
  const { store: name, seq, base } = low.data
  const highest = Math.max(base.journal, ...(await journals(directory)))
  const asItWas = commits === 0 && torn === 0 && flaws.length === 0
  const clean = asItWas && snapshot.bytes !== undefined && last?.journal === highest
  const file = clean
    ? await continueJournal(directory, highest, last.end)
    : await createJournal(directory, { journal: highest + 1, store: name, seq })
  const files = new JsonFiles({
    directory: filesIn(directory),
    named: namedIn(low.data),
    fatal: error => events.fatal(error),
  })
  const store = new JsonStore({ directory, low, snapshot, file, files, events, release })
  try {
    // After an unclean end the lines read may be in memory alone, and a disk that failed a sync shows what it does not hold:
    // all is written anew before anybody is told of it.
    if (clean) await tidy(directory, snapshot, low.data, files)
    else await store.checkpoint()
  } catch (error) {
    await store.stop()
    // Nothing is left of what was begun, since a start may fail many times; but a snapshot may name it that may be there already.
    if (!snapshot.replaced) await dropJournalsAfter(directory, highest)
    throw error
  }
  return store
}

function filesIn(directory: string): string {
  return join(directory, 'files')
}

/** Where there is no snapshot, the first start died before it wrote one, or there has been none yet. */
async function beginning(directory: string): Promise<State> {
  const state = emptyState()
  const present = await journals(directory)
  const headers = await Promise.all(present.map(journal => readHeader(journalPath(directory, journal))))
  if (headers.some(header => header && header.seq > 0)) {
    throw new Failure(
      'invalid',
      `${snapshotPath(directory)} is missing, and the journals do not hold all; put back a backup of the whole state directory.`,
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

/** A damaged journal is kept beside the others, for whoever may still find something in it. */
async function keepAside(directory: string, flaws: readonly Flaw[]): Promise<void> {
  const damaged = flaws.filter(({ offset }) => offset !== undefined)
  for (const journal of new Set(damaged.map(({ journal }) => journal))) {
    const path = journalPath(directory, journal)
    await copyDurably(path, `${path}.damaged`)
  }
}

/** Removes what a checkpoint that died would have, once the snapshot that it wrote cannot be lost any more. */
async function tidy(directory: string, snapshot: Snapshot, state: State, files: JsonFiles): Promise<void> {
  await syncDirectory(directory)
  await snapshot.tidy()
  await dropJournals(directory, state.base.journal)
  await files.sweep()
}

function namedIn(state: State): FileName[] {
  const named: FileName[] = []
  for (const table of tables) {
    const names = filesOf[table] as ((record: object) => readonly FileName[]) | undefined
    // What is packed names none.
    if (names) for (const record of state.rows[table].byId.objects()) named.push(...names(record))
  }
  return named
}
