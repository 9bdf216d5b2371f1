import { JsonTx } from '../../../data/json/tx.ts'
import type { Reader } from '../../../data/store.ts'
import type { Row, Table } from '../../../data/tables.ts'
import { FollowedStore } from './followed_store.ts'

/** The store of the last call alone, so that a test that looks at its store again and again does not read all of it each time. */
const last = { store: new FollowedStore('') }

/** All records of a table on the disk of a daemon, which may be running: what its next start would find. */
export async function kept<T extends Table>(stateDirectory: string, table: T): Promise<readonly Row<T>[]> {
  return (await keptAll(stateDirectory)).find(table, {})
}

/** The same of all tables, as at one moment, until the next call. */
export async function keptAll(stateDirectory: string): Promise<Reader> {
  if (last.store.directory !== stateDirectory) last.store = new FollowedStore(stateDirectory)
  return new JsonTx(await last.store.state())
}
