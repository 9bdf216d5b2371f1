import { mkdir, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { copyDurably, DIRECTORY_MODE, isFull, noRoom } from '../disk.ts'
import { Failure } from '../failure.ts'
import type { Store } from '../store.ts'
import { type FileName, filesOf, tables } from '../tables.ts'
import { dropJournals, snapshotPath, tablesOf } from './checkpoint.ts'
import { JsonFiles } from './files.ts'
import { continueJournal, createJournal, journalPath } from './journal_file.ts'
import { storeOf } from './journal_reader.ts'
import { lock } from './lock.ts'
import { type Flaw, journals, replay } from './replay.ts'
import { temporaryPath } from './snapshot.ts'
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
  throw new Failure(
    'invalid',
    `helpdesk.${journal}.journal is damaged at byte ${offset}: ${lost}. ` +
      'Put back a backup, or run "helpdeskd repair" to go on without what is lost.',
  )
}

async function open(
  directory: string,
  events: StoreEvents,
  damage: (flaw: Flaw) => void,
): Promise<JsonStore> {
  await mkdir(directory, { recursive: true, mode: DIRECTORY_MODE })
  const unlock = await lock(directory)
  try {
    return await start(directory, events, damage, unlock)
  } catch (error) {
    await unlock()
    throw isFull(error as Error) ? noRoom(error as Error) : error
  }
}

async function start(
  directory: string,
  events: StoreEvents,
  damage: (flaw: Flaw) => void,
  unlock: () => Promise<void>,
): Promise<JsonStore> {
  let store: JsonStore | undefined
  const low = tablesOf(directory, async () => store?.snapshotDurable())
  await low.read()
  const snapshot = await stat(snapshotPath(directory)).catch(() => undefined)
  if (!snapshot) low.data = await beginning(directory)
  const flawed = new Set<number>()
  const { commits, last, torn } = await replay(directory, low.data, flaw => {
    damage(flaw)
    flawed.add(flaw.journal)
  })
  if (torn) events.tornTail(torn)
  for (const journal of flawed) {
    const path = journalPath(directory, journal)
    await copyDurably(path, `${path}.damaged`)
  }
  const highest = (await journals(directory)).at(-1) ?? 0
  const clean = commits === 0 && torn === 0 && flawed.size === 0 && last?.journal === highest
  const file = clean
    ? await continueJournal(directory, highest, last.end)
    : await createJournal(directory, highest + 1, low.data.store)
  const files = new JsonFiles(join(directory, 'files'), namedIn(low.data))
  store = new JsonStore(directory, low, file, files, snapshot?.size ?? 0, events, unlock)
  // After an unclean end the lines read may be in memory alone, and a disk that failed a sync shows what it does not hold:
  // all is written anew before anybody is told of it.
  if (clean) await tidy(directory, low.data, files)
  else await rewrite(directory, store, highest)
  return store
}

/** Where there is no snapshot, the first start may have died before it wrote one: then the journals tell whose they are. */
async function beginning(directory: string): Promise<State> {
  const [first] = await journals(directory)
  const store = first && (await storeOf(journalPath(directory, first)))
  return { ...emptyState(), ...(store ? { store } : {}) }
}

/** Writes all of it anew; when that fails, nothing is left of the journals begun for it, since a start may fail many times. */
async function rewrite(directory: string, store: JsonStore, highest: number): Promise<void> {
  try {
    await store.checkpoint()
  } catch (error) {
    await store.abandon()
    for (const begun of await journals(directory)) {
      if (begun > highest) await rm(journalPath(directory, begun))
    }
    throw error
  }
}

/** Removes what a checkpoint that died would have. */
async function tidy(directory: string, state: State, files: JsonFiles): Promise<void> {
  await rm(temporaryPath(snapshotPath(directory)), { force: true })
  await dropJournals(directory, state.base.journal)
  await files.sweep()
}

function namedIn(state: State): FileName[] {
  const named: FileName[] = []
  for (const table of tables) {
    const names = filesOf[table] as ((record: object) => readonly FileName[]) | undefined
    if (names) for (const record of state.rows[table].byId.values()) named.push(...names(record))
  }
  return named
}
