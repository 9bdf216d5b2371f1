import type { Page, Tx, Where } from '../store.ts'
import { type FileName, filesOf, type Id, type Numbered, type Row, type Table } from '../tables.ts'
import type { Rows } from './rows.ts'
import { type Entry, frozen, type Numbers, type State } from './state.ts'

interface Written {
  readonly table: Table
  readonly id: Id<Table>
  readonly before: Row<Table> | undefined
  readonly after: Row<Table> | undefined
}

/** A transaction on the tables themselves: it writes at once, and keeps how to take each write back. */
export class JsonTx implements Tx {
  readonly #state: State
  readonly #undo: (() => void)[] = []
  /** Each record that was written, as it was before the first write. */
  readonly #before = new Map<Table, Map<Id<Table>, Row<Table> | undefined>>()
  readonly #numbered = new Set<Numbered>()
  /** The tables that it looked at or wrote to. */
  readonly seen = new Set<Table>()

  constructor(state: State) {
    this.#state = state
  }

  async get<T extends Table>(table: T, id: Id<T>): Promise<Row<T> | undefined> {
    return this.#rows(table).byId.get(id)
  }

  async find<T extends Table>(
    table: T,
    where: Where<Row<T>>,
    page?: Page<Row<T>>,
  ): Promise<readonly Row<T>[]> {
    return this.#rows(table).find(where, page)
  }

  async count<T extends Table>(table: T, where: Where<Row<T>>): Promise<number> {
    return this.#rows(table).count(where)
  }

  async add<T extends Numbered>(table: T, fields: Omit<Row<T>, 'id'>): Promise<Row<T>> {
    const id = (this.#state.numbers[table] ?? 0) + 1
    // First, so that a record begins with its id on disk; and last, so that none that the fields bring along stays.
    return this.put(table, Object.assign({ id }, fields, { id }) as unknown as Row<T>)
  }

  async put<T extends Table>(table: T, record: Row<T>): Promise<Row<T>> {
    const kept = frozen(record)
    if (typeof kept.id === 'number') this.#raise(table as Numbered, kept.id)
    this.#write(table, kept.id, kept)
    return kept
  }

  async delete<T extends Table>(table: T, id: Id<T>): Promise<void> {
    if (this.#rows(table).byId.has(id)) this.#write(table, id, undefined)
  }

  /** Takes everything back, the last write first. */
  undo(): void {
    for (const step of this.#undo.splice(0).reverse()) step()
  }

  get tables(): Table[] {
    return [...this.#before.keys()]
  }

  get deletes(): boolean {
    return this.#written().some(({ after }) => !after)
  }

  /** The files that the records written named before and name now. */
  get files(): { before: FileName[]; after: FileName[] } {
    const written = this.#written()
    const names = (table: Table, record: Row<Table> | undefined) =>
      record ? (filesOf[table]?.(record as never) ?? []) : []
    return {
      before: written.flatMap(({ table, before }) => names(table, before)),
      after: written.flatMap(({ table, after }) => names(table, after)),
    }
  }

  entry(seq: number, durable: number): Entry {
    const put: Record<string, unknown[]> = {}
    const deleted: Record<string, unknown[]> = {}
    for (const { table, id, after } of this.#written()) {
      const list = after ? put : deleted
      list[table] ??= []
      list[table].push(after ?? id)
    }
    const numbers: Numbers = {}
    for (const table of this.#numbered) numbers[table] = this.#state.numbers[table]!
    return { seq, durable, put: put as Entry['put'], delete: deleted as Entry['delete'], numbers }
  }

  #write<T extends Table>(table: T, id: Id<T>, record: Row<T> | undefined): void {
    const rows = this.#rows(table)
    const before = rows.byId.get(id)
    if (record) rows.set(record)
    else rows.remove(id)
    this.#undo.push(() => (before ? rows.set(before) : rows.remove(id)))
    const written = this.#before.get(table) ?? new Map()
    if (!written.has(id)) written.set(id, before)
    this.#before.set(table, written)
  }

  /** No number up to this one is given out again. */
  #raise(table: Numbered, number: number): void {
    const { numbers } = this.#state
    const before = numbers[table] ?? 0
    if (number <= before) return
    numbers[table] = number
    this.#numbered.add(table)
    this.#undo.push(() => {
      numbers[table] = before
    })
  }

  #written(): Written[] {
    return [...this.#before].flatMap(([table, records]) =>
      [...records].map(([id, before]) => ({
        table,
        id,
        before,
        after: this.#rows(table).byId.get(id as never),
      })),
    )
  }

  #rows<T extends Table>(table: T): Rows<T> {
    this.seen.add(table)
    return this.#state.rows[table]
  }
}
