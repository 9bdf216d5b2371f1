import type { Page, Where } from '../store.ts'
import { type Id, keys, type Row, type Table } from '../tables.ts'

/** One table in memory: its records by id, and for each key the ids by value. */
export class Rows<T extends Table> {
  readonly byId = new Map<Id<T>, Row<T>>()
  readonly #byKey = new Map<string, Map<unknown, Id<T>[]>>()

  constructor(table: T) {
    for (const key of keys[table]) this.#byKey.set(key, new Map())
  }

  get size(): number {
    return this.byId.size
  }

  set(record: Row<T>): void {
    this.remove(record.id)
    this.byId.set(record.id, record)
    this.#eachKey(record, (ids, value) => {
      const found = ids.get(value)
      if (found) found.push(record.id)
      else ids.set(value, [record.id])
    })
  }

  remove(id: Id<T>): void {
    const record = this.byId.get(id)
    if (!record) return
    this.byId.delete(id)
    this.#eachKey(record, (ids, value) => {
      const found = ids.get(value)!
      if (found.length === 1) ids.delete(value)
      else found.splice(found.indexOf(id), 1)
    })
  }

  find(where: Where<Row<T>>, page: Page<Row<T>> = {}): Row<T>[] {
    const words = page.words?.toLowerCase().split(/\s+/).filter(Boolean) ?? []
    const found = this.#candidates(where).filter(
      record => matches(record, where) && words.every(word => mentions(record, word)),
    )
    found.sort(ordering<Row<T>>(page))
    const start = page.after === undefined ? 0 : found.findIndex(record => record.id === page.after) + 1
    return found.slice(start, page.limit === undefined ? undefined : start + page.limit)
  }

  /** By the first key that the condition names a value of; all records where there is none. */
  #candidates(where: Where<Row<T>>): Row<T>[] {
    for (const [key, ids] of this.#byKey) {
      const wanted: unknown = where[key as keyof Row<T>]
      if (wanted === undefined || (typeof wanted === 'object' && wanted !== null)) continue
      return (ids.get(wanted) ?? []).map(id => this.byId.get(id)!)
    }
    return [...this.byId.values()]
  }

  #eachKey(record: Row<T>, use: (ids: Map<unknown, Id<T>[]>, value: unknown) => void): void {
    for (const [key, ids] of this.#byKey) {
      const value: unknown = record[key as keyof Row<T>]
      if (Array.isArray(value)) for (const item of new Set(value)) use(ids, item)
      else use(ids, value)
    }
  }
}

type Bounds = { in?: readonly unknown[]; from?: unknown; to?: unknown }

function matches<R extends object>(record: R, where: Where<R>): boolean {
  for (const field in where) {
    const value = record[field as keyof R]
    const wanted = where[field as keyof R]
    const values: readonly unknown[] = Array.isArray(value) ? value : [value]
    if (!values.some(item => fits(item, wanted))) return false
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
