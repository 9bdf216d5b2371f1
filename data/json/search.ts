// One thing: one search, step by step. What is found, what is kept and where the next step begins depend on each other.
import type { Place, Search } from '../store.ts'
import { type Id, type Row, searched, type Table } from '../tables.ts'
import { endWithText, type Packed, unpacked } from './packed.ts'
import type { Records } from './records.ts'
import { matches } from './rows.ts'
import type { State } from './state.ts'

/** How many records are looked at between two looks at the clock. */
const STRIDE = 32
/** The two letters whose lower case begins with an ASCII letter (k, i), as bytes of UTF-8. */
const LOWERED = /\xe2\x84\xaa|\xc4\xb0/
/** What JSON writes otherwise than it is, and what takes several bytes in UTF-8. */
const UNLIKE = /[^\x21\x23-\x5b\x5d-\x7e]+/

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
  let last: Id<T> | undefined
  for (let looked = STRIDE; looked === STRIDE; ) {
    looked = 0
    for (const record of newest ? byId.before(last) : byId.after(last)) {
      last = record.id
      if (
        matches(record, where) &&
        (words.length === 0 || owners.has(record.id) || has(record, fields, words))
      )
        best.add(record)
      if (++looked === STRIDE) break
    }
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
  const likely = likelyBy(table, words)
  let last: Id<Table> | undefined
  for (let looked = STRIDE; looked === STRIDE; ) {
    looked = 0
    for (const [id, entry] of byId.entriesAfter(last)) {
      last = id
      if (typeof entry !== 'string' || likely(entry)) {
        const record = (typeof entry === 'string' ? unpacked(entry) : entry) as unknown as Record<
          string,
          unknown
        >
        if (has(record, fields, words)) owners.add(record[by])
      }
      if (++looked === STRIDE) break
    }
    yield
  }
}

function wordsIn(words = ''): readonly string[] {
  return words.toLowerCase().split(/\s+/).filter(Boolean)
}

function has(record: object, fields: readonly string[], words: readonly string[]): boolean {
  const texts: string[] = []
  for (const field of fields) {
    const text = record[field as keyof typeof record] as unknown
    if (typeof text === 'string') texts.push(text)
  }
  const text = texts.join('\n').toLowerCase()
  return words.every(word => text.includes(word))
}

/** A quick check of packed records: those that it rules out do not have the words, and need not be unpacked. */
function likelyBy(table: Table, words: readonly string[]): (line: Packed) => boolean {
  const parts = words.map(word => longest(word.split(UNLIKE)))
  return line => {
    const end = endWithText(table, line)
    const lower = end.toLowerCase()
    return parts.every(part => lower.includes(part)) || LOWERED.test(end)
  }
}

function longest(texts: readonly string[]): string {
  return texts.reduce((one, other) => (other.length > one.length ? other : one), '')
}

/** The first records of an order after a place, in this order, at most `limit`. */
class Best<R extends { id: unknown }> {
  readonly #search: Search<R>
  readonly #kept: { readonly record: R; readonly place: Place }[] = []

  constructor(search: Search<R>) {
    this.#search = search
  }

  get records(): readonly R[] {
    return this.#kept.map(({ record }) => record)
  }

  add(record: R): void {
    const { by, after, limit } = this.#search
    const place = [...by.map(field => record[field]), record.id] as unknown as Place
    if (after && this.#order(place, after) <= 0) return
    let at = this.#kept.length
    while (at > 0 && this.#order(this.#kept[at - 1]!.place, place) > 0) at--
    if (at === limit) return
    this.#kept.splice(at, 0, { record, place })
    if (this.#kept.length > limit) this.#kept.pop()
  }

  #order(a: Place, b: Place): number {
    for (let index = 0; index < a.length; index++) {
      const [one, other] = [a[index], b[index]]
      if (one === other) continue
      if (one === null || one === undefined) return 1
      if (other === null || other === undefined) return -1
      return one < other === (this.#search.newest !== true) ? -1 : 1
    }
    return 0
  }
}
