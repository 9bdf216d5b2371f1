import type { Store, Tx } from '../../data/store.ts'
import type { Numbered, Row } from '../../data/tables.ts'

/** A store whose ids have gaps, as in a database that gives ids to transactions that are rolled back. */
export function gappy(store: Store): Store {
  return {
    read: work => store.read(work),
    transact: work => store.transact(tx => work(withGaps(tx))),
    search: (table, search) => store.search(table, search),
    watch: (table, wake) => store.watch(table, wake),
    files: store.files,
    free: () => store.free(),
    keys: () => store.keys(),
    close: () => store.close(),
  }
}

function withGaps(tx: Tx): Tx {
  const add = async <T extends Numbered>(table: T, fields: Omit<Row<T>, 'id'>): Promise<Row<T>> => {
    const highest = await tx.skip(table, 0)
    await tx.skip(table, highest + 1 + (highest % 3))
    return tx.add(table, fields)
  }
  return {
    add,
    get: (table, id) => tx.get(table, id),
    find: (table, where, page) => tx.find(table, where, page),
    count: (table, where) => tx.count(table, where),
    put: (table, record) => tx.put(table, record),
    skip: (table, to) => tx.skip(table, to),
    delete: (table, id) => tx.delete(table, id),
    deleteAll: (table, where) => tx.deleteAll(table, where),
  }
}
