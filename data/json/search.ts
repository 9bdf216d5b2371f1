// One thing: one search, step by step. What is found, what is kept and where the next step begins depend on each other.

import { searched } from '../indexes.ts'
import type { Position, Search } from '../store.ts'
import type { Id, Row, Table } from '../tables.ts'
import { leastBeginning, type Packed, unpacked } from './packed.ts'
import type { Records } from './records.ts'
import { checkOf } from './rows.ts'
import type { State } from './state.ts'

/** How many records are looked at between two looks at the clock. */
const STRIDE = 64
/**
 * What a packed line may have otherwise than a text: what JSON escapes, what takes several bytes in UTF-8, and i and k, since each is also
 * the lower case of another letter.
 */
const UNLIKE = /[^\x21\x23-\x5b\x5d-\x68\x6a\x6c-\x7e]+/
const SPECIAL = /[.*+?^${}()|[\]\\]/g

export interface Searching<T extends Table> {
  /** The tables that it reads. */
  readonly tables: readonly Table[]
  /** Searches on until that moment (of `performance.now`) at the most; gives the result when it is complete. */
  until(moment: number): readonly Row<T>[] | undefined
}

/** Begins a search in the tables. They may change between two steps. */
export function searching<T extends Table>(
  rows: State['rows'],
  table: T,
  search: Search<Row<T>>,
): Searching<T> {
  const { of } = searched[table] ?? {}
  const words = wordsIn(search.words)
  const best = new Best<Row<T>>(search)
  const steps = stepsOf(rows, table, search, words, best)
  return {
    tables: words.length > 0 && of ? [table, of.table] : [table],
    until: moment => {
      do {
        if (steps.next().done) return best.records
      } while (performance.now() < moment)
      return undefined
    },
  }
}

function* stepsOf<T extends Table>(
  rows: State['rows'],
  table: T,
  { where, newest }: Search<Row<T>>,
  words: readonly string[],
  best: Best<Row<T>>,
): Generator<void> {
  const { fields = [], of } = searched[table] ?? {}
  const owners = new Set<unknown>()
  if (words.length > 0 && of) yield* ownersOf(rows, of, words, owners)
  const { byId } = rows[table] as unknown as { byId: Records<Row<T>> }
  const isWanted = checkOf(where)
  let last: Id<T> | undefined
  for (;;) {
    const { entries } = byId.stretch(last, STRIDE, newest)
    if (entries.length === 0) return
    for (const entry of entries) {
      const record = typeof entry === 'string' ? unpacked<T>(entry) : entry
      last = record.id
      if (isWanted(record) && (words.length === 0 || owners.has(record.id) || has(record, fields, words)))
        best.add(record)
    }
    if (best.isComplete) return
    yield
  }
}

type Of = NonNullable<NonNullable<(typeof searched)[Table]>['of']>

/** Collects the ids of the records that a record with the words belongs to. */
function* ownersOf(
  rows: State['rows'],
  { table, by, fields }: Of,
  words: readonly string[],
  owners: Set<unknown>,
): Generator<void> {
  const { byId } = rows[table] as unknown as { byId: Records<Row<Table>> }
  const isLikely = likelyBy(table, words)
  let last: Id<Table> | undefined
  for (;;) {
    const { ids, entries } = byId.stretch(last, STRIDE)
    if (entries.length === 0) return
    last = ids.at(-1)
    for (const entry of entries) {
      if (typeof entry === 'string' && !isLikely(entry)) continue
      const record = typeof entry === 'string' ? unpacked(entry) : entry
      if (has(record, fields, words)) owners.add(record[by as keyof typeof record])
    }
    yield
  }
}

function wordsIn(words = ''): readonly string[] {
  return words.toLowerCase().split(/\s+/).filter(Boolean)
}

function has(record: object, fields: readonly string[], words: readonly string[]): boolean {
  let texts = ''
  for (const field of fields) {
    const text = record[field as keyof typeof record] as unknown
    if (typeof text === 'string') texts = texts === '' ? text : `${texts}\n${text}`
  }
  const text = texts.toLowerCase()
  return words.every(word => text.includes(word))
}

/** A quick check of packed lines: one that it rules out does not have the words, and need not be unpacked. */
function likelyBy(table: Table, words: readonly string[]): (line: Packed) => boolean {
  const least = leastBeginning(table)
  const parts = words
    .map(word => longest(word.split(UNLIKE)))
    // An expression that ignores case is several times faster than to convert each line.
    .map(part => new RegExp(part.replace(SPECIAL, '\\$&'), 'gi'))
  return line =>
    parts.every(part => {
      part.lastIndex = least
      return part.test(line)
    })
}

function longest(texts: readonly string[]): string {
  return texts.reduce((one, other) => (other.length > one.length ? other : one), '')
}

/** The first records of an order after a place, in this order, at most `limit`. */
class Best<R extends { id: unknown }> {
  readonly #fields: readonly (keyof R)[]
  readonly #search: Search<R>
  readonly #kept: { readonly record: R; readonly place: Position }[] = []

  constructor(search: Search<R>) {
    this.#search = search
    this.#fields = [...search.by, 'id']
  }

  /** Whether no later record can be among the first: they come in the order of their ids. */
  get isComplete(): boolean {
    return this.#fields.length === 1 && this.#kept.length === this.#search.limit
  }

  get records(): readonly R[] {
    return this.#kept.map(({ record }) => record)
  }

  add(record: R): void {
    const { after, limit } = this.#search
    const kept = this.#kept
    if (limit === 0 || (kept.length === limit && this.#order(record, kept[limit - 1]!.place) > 0)) return
    if (after && this.#order(record, after) <= 0) return
    let low = 0
    let high = kept.length
    while (low < high) {
      const middle = (low + high) >>> 1
      if (this.#order(record, kept[middle]!.place) > 0) low = middle + 1
      else high = middle
    }
    kept.splice(low, 0, { record, place: this.#fields.map(field => record[field]) as unknown as Position })
    if (kept.length > limit) kept.pop()
  }

  #order(record: R, place: Position): number {
    for (let index = 0; index < this.#fields.length; index++) {
      const one = record[this.#fields[index]!] as Position[number] | undefined
      const other = place[index]
      if (one === other) continue
      if (one === null || one === undefined) return 1
      if (other === null || other === undefined) return -1
      return one < other === (this.#search.newest !== true) ? -1 : 1
    }
    return 0
  }
}
