import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openStore } from '../../../data/json/open.ts'
import type { Row, Table } from '../../../data/tables.ts'
import { copyState, quietStore } from '../../house.ts'

/** All records of a table on the disk of a running daemon, read from a copy of its store. */
export async function kept<T extends Table>(stateDirectory: string, table: T): Promise<readonly Row<T>[]> {
  const copy = mkdtempSync(join(tmpdir(), 'helpdeskd-kept-'))
  try {
    copyState(stateDirectory, copy, ['files'])
    const store = await openStore(copy, quietStore)
    const found = await store.read(tx => tx.find(table, {}))
    await store.close()
    return found
  } finally {
    rmSync(copy, { recursive: true, force: true })
  }
}
