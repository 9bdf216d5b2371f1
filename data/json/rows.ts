import type { Page, Where } from '../store.ts'
import { type Id, keys, type Row, type Table } from '../tables.ts'

/** One table in memory: its records by id, and for each key the ids by value. */
export class Rows<T extends Table> {
  readonly byId = new Map<Id<T>, Row<T>>()
  readonly #byKey = new Map<keyof Row<T>, Index<Id<T>>>()

  constructor(table: T) {
    for (const key of keys[table]) this.#byKey.set(key, new Map())
  }

  get size(): number {
    return this.byId.size
  }

  set(record: Row<T>): void {
    this.#replace(record.id, record)
  }

  remove(id: Id<T>): void {
    if (this.byId.has(id)) this.#replace(id, undefined)
  }

  /** Whatever throws half-way leaves the indexes as the records are. */
  #replace(id: Id<T>, after: Row<T> | undefined): void {
    const before = this.byId.get(id)
    try {
      if (after) this.byId.set(id, after)
      else this.byId.delete(id)
      for (const [key, ids] of this.#byKey) {
        if (before && after && before[key] === after[key]) continue
        if (before) unlink(ids, before[key], id)
        if (after) link(ids, after[key], id)
      }
    } catch (error) {
      this.#indexAll()
      throw error
    }
  }

  #indexAll(): void {
    for (const [key, ids] of this.#byKey) {
      ids.clear()
      for (const record of this.byId.values()) link(ids, record[key], record.id)
    }
  }

  find(where: Where<Row<T>>, page: Page<Row<T>> = {}): Row<T>[] {
    const words = page.words?.toLowerCase().split(/\s+/).filter(Boolean) ?? []
    const found = this.#matching(where).filter(record => words.every(word => mentions(record, word)))
    const order = ordering<Row<T>>(page)
    const last = page.after === undefined ? undefined : (this.byId.get(page.after) ?? { id: page.after })
    const behind = last ? found.filter(record => order(record, last as Row<T>) > 0) : found
    return behind.sort(order).slice(0, page.limit)
  }

  /** Of one value of one key, and of all, without a look at the records. */
  count(where: Where<Row<T>>): number {
    const fields = Object.keys(where) as (keyof Row<T>)[]
    if (fields.length === 0) return this.byId.size
    const [field] = fields
    const ids = fields.length === 1 ? this.#byKey.get(field!) : undefined
    if (ids && isValue(where[field!])) return ids.get(where[field!])?.length ?? 0
    return this.#matching(where).length
  }

  #matching(where: Where<Row<T>>): Row<T>[] {
    return this.#candidates(where).filter(record => matches(record, where))
  }

  /** By the first key that the condition names a value of; all records where there is none. */
  #candidates(where: Where<Row<T>>): Row<T>[] {
    for (const [key, ids] of this.#byKey) {
      const wanted = where[key]
      if (isValue(wanted)) return (ids.get(wanted) ?? []).map(id => this.byId.get(id)!)
    }
    return [...this.byId.values()]
  }
}

/** The ids of the records by the value of one key. */
type Index<I> = Map<unknown, I[]>

function link<I>(index: Index<I>, value: unknown, id: I): void {
  if (Array.isArray(value)) {
    for (const item of new Set(value)) link(index, item, id)
    return
  }
  const ids = index.get(value)
  if (ids) ids.push(id)
  else index.set(value, [id])
}

function unlink<I>(index: Index<I>, value: unknown, id: I): void {
  if (Array.isArray(value)) {
    for (const item of new Set(value)) unlink(index, item, id)
    return
  }
  const ids = index.get(value)!
  if (ids.length === 1) index.delete(value)
  else ids.splice(ids.indexOf(id), 1)
}

/** Whether a condition names a value, and neither several nor none. */
function isValue(wanted: unknown): boolean {
  return wanted === null || (typeof wanted !== 'object' && wanted !== undefined)
}

type Bounds = { in?: readonly unknown[]; from?: unknown; to?: unknown }

function matches<R extends object>(record: R, where: Where<R>): boolean {
  for (const field in where) {
    const value = record[field as keyof R]
    const wanted = where[field as keyof R]
    const fitting = Array.isArray(value) ? value.some(item => fits(item, wanted)) : fits(value, wanted)
    if (!fitting) return false
  }
  return true
}

function fits(value: unknown, wanted: unknown): boolean {
  if (wanted === undefined) return true
  if (typeof wanted !== 'object' || wanted === null) return value === wanted
  const bounds = wanted as Bounds
  if (bounds.in) return bounds.in.includes(value)
  if (value === null || value === undefined) return false
  if (bounds.from !== undefined && (value as string) < (bounds.from as string)) return false
  return bounds.to === undefined || (value as string) <= (bounds.to as string)
}

function mentions(record: object, word: string): boolean {
  return Object.values(record).some(value => typeof value === 'string' && value.toLowerCase().includes(word))
}

function ordering<R extends { id: unknown }>(page: Page<R>): (a: R, b: R) => number {
  const by = page.by ?? 'id'
  const sign = page.newest ? -1 : 1
  return (a, b) => sign * (compare(a[by], b[by]) || compare(a.id, b.id))
}

function compare(a: unknown, b: unknown): number {
  if (a === b) return 0
  if (a === null) return -1
  if (b === null) return 1
  return (a as string) < (b as string) ? -1 : 1
}
