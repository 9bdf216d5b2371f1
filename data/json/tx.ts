// One thing: a transaction on the tables. What it writes and what it takes back must match.

import { filesOf, type KeptFile } from '../kept_files.ts'
import type { Page, Tx, Where } from '../store.ts'
import type { Id, Numbered, Row, Table } from '../tables.ts'
import { joined, jsonOf } from './line.ts'
import type { Packed } from './packed.ts'
import type { Rows } from './rows.ts'
import type { Numbers, State } from './state.ts'

/** A record before the first write of the transaction, and after its last one. */
interface Written {
  readonly before: Row<Table> | Packed | undefined
  readonly after: Row<Table> | undefined
  /** `after` as JSON, for the journal. */
  readonly json: string
}

/** A transaction that writes to the tables directly, and keeps the old records to undo it. */
export class JsonTx implements Tx {
  readonly #state: State
  readonly #written = new Map<Table, Map<Id<Table>, Written>>()
  /** The highest id before the transaction, for each table in which it raised it. */
  readonly #numbers = new Map<Numbered, number>()
  /** The tables from which it deleted a record, even if it put the record again. */
  readonly #deletedFrom = new Set<Table>()
  /** The tables that it read or wrote. */
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
    // First, so that the JSON begins with the id; and last, to overwrite an id in the fields.
    return this.#put(table, Object.assign({ id }, fields, { id }) as unknown as Row<T>)
  }

  async put<T extends Table>(table: T, record: Row<T>): Promise<Row<T>> {
    return this.#put(table, record)
  }

  async skip(table: Numbered, to: number): Promise<number> {
    this.seen.add(table)
    const before = this.#state.numbers[table] ?? 0
    this.#raise(table, to)
    return before
  }

  async delete<T extends Table>(table: T, id: Id<T>): Promise<void> {
    if (this.#rows(table).byId.has(id)) this.#remove(table, id)
  }

  async deleteAll<T extends Table>(table: T, where: Where<Row<T>>): Promise<void> {
    for (const id of this.#rows(table).ids(where)) this.#remove(table, id)
  }

  /** Rolls everything back. */
  undo(): void {
    for (const [table, records] of this.#written) {
      const rows = this.#state.rows[table] as Rows<Table>
      for (const [id, { before }] of records) rows.restore(id, before)
    }
    for (const [table, before] of this.#numbers) this.#state.numbers[table] = before
  }

  /** The tables that it changed, including those where it only raised the highest id. */
  get tables(): Table[] {
    const unwritten = [...this.#numbers.keys()].filter(table => !this.#written.has(table))
    return [...this.#written.keys(), ...unwritten]
  }

  get deletes(): boolean {
    return this.#deletedFrom.size > 0
  }

  /** The files that the written records named before and name now. */
  get files(): { before: KeptFile[]; after: KeptFile[] } {
    const files = { before: [] as KeptFile[], after: [] as KeptFile[] }
    for (const [table, records] of this.#written) {
      const names = filesOf[table] as ((record: Row<Table>) => readonly KeptFile[]) | undefined
      if (!names) continue
      for (const { before, after } of records.values()) {
        // Packed records name no files.
        if (before && typeof before !== 'string') files.before.push(...names(before))
        if (after) files.after.push(...names(after))
      }
    }
    return files
  }

  /** The Entry of this transaction as JSON. Throws Failure `too_large`. */
  entry(seq: number, durable: number): string {
    const put: string[] = []
    const deleted: { [T in Table]?: Id<Table>[] } = {}
    for (const [table, records] of this.#written) {
      const kept: string[] = []
      const gone: Id<Table>[] = []
      for (const [id, { after, json }] of records) {
        if (after) kept.push(json)
        else gone.push(id)
      }
      if (kept.length > 0) put.push(`"${table}":[${joined(kept)}]`)
      // An empty list tells a start that the journals contain old text.
      if (this.#deletedFrom.has(table)) deleted[table] = gone
    }
    const numbers: Numbers = {}
    for (const table of this.#numbers.keys()) numbers[table] = this.#state.numbers[table]!
    const head = `"seq":${seq},"durable":${durable},"put":{${joined(put)}}`
    return `{${head},"delete":${jsonOf(deleted)},"numbers":${jsonOf(numbers)}}`
  }

  #put<T extends Table>(table: T, record: Row<T>): Row<T> {
    const json = jsonOf(record)
    if (typeof record.id === 'number') this.#raise(table as Numbered, record.id)
    this.#note(table, record.id, record, json)
    return this.#rows(table).copy(record, json)
  }

  #remove<T extends Table>(table: T, id: Id<T>): void {
    this.#deletedFrom.add(table)
    this.#note(table, id, undefined, '')
    this.#rows(table).remove(id)
  }

  /** Called before each write, so that the write can be undone even if it throws. */
  #note<T extends Table>(table: T, id: Id<T>, after: Row<T> | undefined, json: string): void {
    const records = this.#written.get(table) ?? new Map<Id<Table>, Written>()
    this.#written.set(table, records)
    const written = records.get(id)
    records.set(id, { before: written ? written.before : this.#rows(table).byId.entry(id), after, json })
  }

  /** Makes sure that no id up to this one is given out again. */
  #raise(table: Numbered, number: number): void {
    const { numbers } = this.#state
    const before = numbers[table] ?? 0
    if (number <= before) return
    if (!this.#numbers.has(table)) this.#numbers.set(table, before)
    numbers[table] = number
  }

  #rows<T extends Table>(table: T): Rows<T> {
    // Asked before, since that costs less than to add it again.
    if (!this.seen.has(table)) this.seen.add(table)
    return this.#state.rows[table]
  }
}
