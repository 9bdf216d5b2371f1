import { replay } from '../../../data/json/replay.ts'
import { Snapshot } from '../../../data/json/snapshot/snapshot.ts'
import { JsonTx } from '../../../data/json/tx.ts'
import type { Reader } from '../../../data/store.ts'
import type { Row, Table } from '../../../data/tables.ts'

/** All records of a table on the disk of a daemon, which may be running: what its next start would find. */
export async function kept<T extends Table>(stateDirectory: string, table: T): Promise<readonly Row<T>[]> {
  return (await keptAll(stateDirectory)).find(table, {})
}

/** The same of all tables, as at one moment. */
export async function keptAll(stateDirectory: string): Promise<Reader> {
  const state = await new Snapshot(stateDirectory).read()
  if (!state) throw new Error(`there is no store in ${stateDirectory}`)
  await replay(stateDirectory, state, ({ journal }) => {
    throw new Error(`journal ${journal} is damaged`)
  })
  return new JsonTx(state)
}
