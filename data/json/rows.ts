// One thing: one table. Its indexes and its look-ups depend on each other.

import { counted, keys } from '../indexes.ts'
import { filesOf } from '../kept_files.ts'
import type { Page, Where } from '../store.ts'
import type { Id, Row, Table } from '../tables.ts'
import { Combinations } from './combinations.ts'
import { Index } from './index.ts'
import { canBePacked, headOf, latin1Of, type Packed, packed, unpacked } from './packed.ts'
import { frozen, Pool } from './pool.ts'
import { Records } from './records.ts'

/** A table in memory: its records by id, and an index for each key. */
export class Rows<T extends Table> {
  readonly byId = new Records<Row<T>>(line => frozen(unpacked<T>(line)))
  readonly #byKey = new Map<keyof Row<T>, Index<Id<T>>>()
  readonly #combinations: Combinations<Row<T>> | undefined
  readonly #pool: Pool
  readonly #table: T

  constructor(table: T, pool = new Pool()) {
    for (const key of keys[table]) this.#byKey.set(key, new Index())
    const fields = counted[table]
    this.#combinations = fields && new Combinations(fields)
    this.#table = table
    this.#pool = pool
  }

  get size(): number {
    return this.byId.size
  }

  /** Stores a record, packed if possible; otherwise the record itself, frozen, sharing equal values with other records. */
  set(record: Row<T>): void {
    if (canBePacked(this.#table, record)) this.#pack(record, JSON.stringify(record))
    else this.#keep(record)
  }

  /**
   * Stores a copy of a record, made from its JSON, and gives a frozen record for readers. A copy, since a text of the record may be a
   * slice that keeps a mail of 25 MB in memory. A parsed object also takes less than half of the memory of one built field by field.
   */
  copy(record: Row<T>, json: string): Row<T> {
    return canBePacked(this.#table, record) ? this.#pack(record, json) : this.#keep(JSON.parse(json))
  }

  #keep(record: Row<T>): Row<T> {
    const kept = this.#pool.kept(this.#table, record)
    this.#replace(record.id, kept, kept)
    return kept
  }

  #pack(record: Row<T>, json: string): Row<T> {
    this.#replace(record.id, packed(latin1Of(json)), record)
    return frozen(record)
  }

  /** Stores the record of a snapshot line, packed if possible. The table must not have the record yet. */
  load(line: Packed): void {
    const head = headOf(this.#table, line)
    if (head) {
      this.byId.set(head.id, line)
      for (const [key, ids] of this.#byKey) ids.link(head[key], head.id)
    } else this.set(unpacked(line))
  }

  remove(id: Id<T>): void {
    if (this.byId.has(id)) this.#replace(id, undefined, undefined)
  }

  /** Puts an entry back as it was before; removes the record if there was none. */
  restore(id: Id<T>, entry: Row<T> | Packed | undefined): void {
    if (entry !== undefined) this.#replace(id, entry, this.#headOf(entry))
    else this.remove(id)
  }

  /** `after` has the keys of the new entry. If an error occurs, the indexes are rebuilt from the records. */
  #replace(id: Id<T>, entry: Row<T> | Packed | undefined, after: Row<T> | undefined): void {
    const before = this.#headOf(this.byId.entry(id))
    try {
      if (entry !== undefined) this.byId.set(id, entry)
      else this.byId.delete(id)
      for (const [key, ids] of this.#byKey) {
        if (before && after && before[key] === after[key]) continue
        if (before) ids.unlink(before[key], id)
        if (after) ids.link(after[key], id)
      }
      if (before) this.#combinations?.remove(before)
      if (after) this.#combinations?.add(after)
    } catch (error) {
      this.#indexAll()
      throw error
    }
  }

  /** The keys of an entry, for the indexes; most packed records need not be parsed completely for that. */
  #headOf(entry: Row<T> | Packed | undefined): Row<T> | undefined {
    return typeof entry === 'string' ? (headOf(this.#table, entry) ?? unpacked(entry)) : entry
  }

  #indexAll(): void {
    for (const [key, ids] of this.#byKey) {
      ids.clear()
      for (const record of this.byId.values()) ids.link(record[key], record.id)
    }
    this.#combinations?.clear()
    for (const record of this.byId.values()) this.#combinations?.add(record)
  }

  find(where: Where<Row<T>>, page: Page<Row<T>> = {}): Row<T>[] {
    const fits = (record: Row<T>) => matches(record, where) && this.#mayFit(record, page)
    const ids = this.#idsOf(where)
    const byId = page.by === undefined || page.by === 'id'
    if (byId) return taken(ids ? this.#each(inOrder(ids, page), page) : this.#walk(page), fits, page.limit)
    const found = [...(ids ? this.#each(ids, page) : this.byId.values())].filter(fits)
    const order = ordering<Row<T>>(page)
    const last = page.after === undefined ? undefined : (this.byId.get(page.after) ?? { id: page.after })
    const behind = last ? found.filter(record => order(record, last as Row<T>) > 0) : found
    return behind.sort(order).slice(0, page.limit)
  }

  /** The ids of the matching records. For one value of one key, no record is read. */
  ids(where: Where<Row<T>>): Id<T>[] {
    const found = Object.keys(where).length === 1 ? this.#idsOf(where) : undefined
    return found ?? this.find(where).map(({ id }) => id)
  }

  /** The number of matching records. For one value of one key or of each counted field, or without a condition, no record is read. */
  count(where: Where<Row<T>>): number {
    const fields = Object.keys(where) as (keyof Row<T>)[]
    if (fields.length === 0) return this.byId.size
    const [field] = fields
    const ids = fields.length === 1 ? this.#byKey.get(field!) : undefined
    if (ids && isValue(where[field!])) return ids.count(where[field!])
    if (this.#combinations?.isMeant(where) && fields.every(name => isValue(where[name])))
      return this.#combinations.count(where)
    return this.find(where).length
  }

  #walk({ after, newest }: Page<Row<T>>): Iterable<Row<T>> {
    return newest ? this.byId.before(after) : this.byId.after(after)
  }

  /** The ids from the first index whose key has a single value in the condition; undefined if there is none. */
  #idsOf(where: Where<Row<T>>): Id<T>[] | undefined {
    for (const [key, ids] of this.#byKey) {
      const wanted = where[key]
      if (isValue(wanted)) return [...ids.ids(wanted)]
    }
    return undefined
  }

  /** One at a time, so that records after the last wanted one are not unpacked; nor are those without files, if only files are wanted. */
  *#each(ids: readonly Id<T>[], { withFiles }: Page<Row<T>>): Generator<Row<T>> {
    for (const id of ids) {
      if (withFiles && typeof this.byId.entry(id) === 'string') continue
      yield this.byId.get(id)!
    }
  }

  #mayFit(record: Row<T>, { withFiles }: Page<Row<T>>): boolean {
    return !withFiles || (filesOf[this.#table]?.(record) ?? []).length > 0
  }
}

function inOrder<I extends string | number>(
  ids: readonly I[],
  { after, newest }: Pick<Page<{ id: I }>, 'after' | 'newest'>,
): I[] {
  if (ids.length < 2 && after === undefined) return [...ids]
  const sign = newest ? -1 : 1
  const behind = after === undefined ? ids : ids.filter(id => sign * compare(id, after) > 0)
  return behind.toSorted((a, b) => sign * compare(a, b))
}

/** The first matching records, at most `limit`; the records after them are not read. */
function taken<R>(records: Iterable<R>, fits: (record: R) => boolean, limit = Number.POSITIVE_INFINITY): R[] {
  const found: R[] = []
  if (limit === 0) return found
  for (const record of records) {
    if (!fits(record)) continue
    found.push(record)
    if (found.length === limit) break
  }
  return found
}

/** Whether a condition is a single value. */
function isValue(wanted: unknown): boolean {
  return wanted === null || (typeof wanted !== 'object' && wanted !== undefined)
}

type Bounds = { in?: readonly unknown[]; from?: unknown; to?: unknown }

/** Whether a record meets all conditions. */
function matches<R extends object>(record: R, where: Where<R>): boolean {
  for (const field in where) if (!meets(record[field as keyof R], where[field as keyof R])) return false
  return true
}

/** The conditions as one check, for many records. */
export function checkOf<R extends object>(where: Where<R>): (record: R) => boolean {
  const checks = (Object.keys(where) as (keyof R)[]).map(field => {
    const wanted = where[field]
    return { field, wanted, isSimple: isValue(wanted) }
  })
  return record => {
    for (const { field, wanted, isSimple } of checks) {
      const value = record[field]
      if (isSimple && (value === null || typeof value !== 'object')) {
        if (value !== wanted) return false
      } else if (!meets(value, wanted)) return false
    }
    return true
  }
}

function meets(value: unknown, wanted: unknown): boolean {
  return Array.isArray(value) ? value.some(item => fits(item, wanted)) : fits(value, wanted)
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
