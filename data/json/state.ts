import { randomUUID } from 'node:crypto'
import { tables } from '../indexes.ts'
import type { Id, Numbered, Row, Table } from '../tables.ts'
import { Pool } from './pool.ts'
import { Rows } from './rows.ts'

/** Format of snapshot and journals. */
export const FORMAT = 1

/** All data of the store in memory. */
export interface State {
  /** The id that snapshot and journals of this store share, so that no journal of another store is replayed. */
  readonly store: string
  /** The number of the last commit. */
  seq: number
  base: Base
  readonly numbers: Numbers
  readonly rows: { readonly [T in Table]: Rows<T> }
}
/** Where the replay starts: the first journal that the snapshot on disk does not contain, and the last commit before it. */
export interface Base {
  readonly journal: number
  readonly seq: number
}
/** The highest id given out in each numbered table. */
export type Numbers = Partial<Record<Numbered, number>>

/** A commit as its journal line has it: whole new records, so that replaying it twice does no harm. */
export interface Entry {
  readonly seq: number
  /** The highest commit that was durable when this one was written. */
  readonly durable: number
  readonly put: { [T in Table]?: Row<T>[] }
  readonly delete: { [T in Table]?: Id<T>[] }
  readonly numbers: Numbers
}

export function emptyState(): State {
  const pool = new Pool()
  const rows = Object.fromEntries(tables.map(table => [table, new Rows(table, pool)]))
  return {
    store: randomUUID(),
    seq: 0,
    base: { journal: 1, seq: 0 },
    numbers: {},
    rows: rows as never,
  }
}

export function replayEntry(state: State, entry: Entry): void {
  for (const table of tables) {
    const rows = state.rows[table] as Rows<Table>
    for (const record of entry.put[table] ?? []) rows.set(record)
    for (const id of entry.delete[table] ?? []) rows.remove(id as never)
  }
  raise(state.numbers, entry.numbers)
  state.seq = entry.seq
}

function raise(numbers: Numbers, to: Numbers): void {
  for (const [table, number] of Object.entries(to) as [Numbered, number][]) {
    numbers[table] = Math.max(numbers[table] ?? 0, number)
  }
}
