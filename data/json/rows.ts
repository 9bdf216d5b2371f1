// One thing: one table. What its indexes hold and how it is searched must fit each other.
import type { Page, Where } from '../store.ts'
import { filesOf, type Id, keys, type Row, type Table } from '../tables.ts'
import { Index } from './index.ts'
import { canBePacked, headOf, latin1Of, type Packed, packed, unpacked } from './packed.ts'
import { frozen, Pool } from './pool.ts'
import { Records } from './records.ts'

/** One table in memory: its records by id, and for each key the ids by value. */
export class Rows<T extends Table> {
  readonly byId = new Records<Row<T>>(line => frozen(unpacked<T>(line)))
  readonly #byKey = new Map<keyof Row<T>, Index<Id<T>>>()
  readonly #pool: Pool
  readonly #table: T

  constructor(table: T, pool = new Pool()) {
    for (const key of keys[table]) this.#byKey.set(key, new Index())
    this.#table = table
    this.#pool = pool
  }

  get size(): number {
    return this.byId.size
  }

  /** Keeps a record and freezes it: packed where that can be, else itself, with what it has in common with others shared. */
  set(record: Row<T>): void {
    if (canBePacked(this.#table, record)) this.#pack(record, JSON.stringify(record))
    else this.#keep(record)
  }

  /**
   * Keeps a copy of a record from its JSON, and gives what others may be handed. The copy holds nothing of what the record was cut from: a
   * text may be a view of a mail of 25 MB. It also takes less than half of the memory of an object whose fields were put in one by one.
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

  /** Keeps what a line of the snapshot says, where the table has no such record yet; packed where that can be. */
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

  /** Keeps what there was, as it was kept; nothing where there was none. */
  restore(id: Id<T>, entry: Row<T> | Packed | undefined): void {
    if (entry !== undefined) this.#replace(id, entry, this.#headOf(entry))
    else this.remove(id)
  }

  /** `after` is what the indexes want to know of the entry. Whatever throws half-way leaves them as the records are. */
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
    } catch (error) {
      this.#indexAll()
      throw error
    }
  }

  /** What the indexes want to know of it: most need not be taken apart for that. */
  #headOf(entry: Row<T> | Packed | undefined): Row<T> | undefined {
    return typeof entry === 'string' ? (headOf(this.#table, entry) ?? unpacked(entry)) : entry
  }

  #indexAll(): void {
    for (const [key, ids] of this.#byKey) {
      ids.clear()
      for (const record of this.byId.values()) ids.link(record[key], record.id)
    }
  }

  find(where: Where<Row<T>>, page: Page<Row<T>> = {}): Row<T>[] {
    const words = page.words?.toLowerCase().split(/\s+/).filter(Boolean) ?? []
    const fits = (record: Row<T>) =>
      matches(record, where) && words.every(word => mentions(record, word)) && this.#mayFit(record, page)
    const ids = this.#idsOf(where)
    const byId = page.by === undefined || page.by === 'id'
    if (byId) return taken(ids ? this.#each(inOrder(ids, page), page) : this.#walk(page), fits, page.limit)
    const found = [...(ids ? this.#each(ids, page) : this.byId.values())].filter(fits)
    const order = ordering<Row<T>>(page)
    const last = page.after === undefined ? undefined : (this.byId.get(page.after) ?? { id: page.after })
    const behind = last ? found.filter(record => order(record, last as Row<T>) > 0) : found
    return behind.sort(order).slice(0, page.limit)
  }

  /** The ids of those that fit: of one value of one key without a look at the records. */
  ids(where: Where<Row<T>>): Id<T>[] {
    const found = Object.keys(where).length === 1 ? this.#idsOf(where) : undefined
    return found ?? this.find(where).map(({ id }) => id)
  }

  /** Of one value of one key, and of all, without a look at the records. */
  count(where: Where<Row<T>>): number {
    const fields = Object.keys(where) as (keyof Row<T>)[]
    if (fields.length === 0) return this.byId.size
    const [field] = fields
    const ids = fields.length === 1 ? this.#byKey.get(field!) : undefined
    if (ids && isValue(where[field!])) return ids.count(where[field!])
    return this.find(where).length
  }

  #walk({ after, newest }: Page<Row<T>>): Iterable<Row<T>> {
    return newest ? this.byId.before(after) : this.byId.after(after)
  }

  /** The ids of the records with the value of the first key that the condition names a value of; undefined where there is none. */
  #idsOf(where: Where<Row<T>>): Id<T>[] | undefined {
    for (const [key, ids] of this.#byKey) {
      const wanted = where[key]
      if (isValue(wanted)) return [...ids.ids(wanted)]
    }
    return undefined
  }

  /** One after the other, so that those behind the last that is wanted stay packed, and so do those without files where files are wanted. */
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

/** The first that fit, without a look at those behind them. */
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
