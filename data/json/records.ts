// One thing: records in the order of their ids. Finding, walking and inserting use the same runs.
import type { Packed } from './packed.ts'

/** Short enough that an insertion moves little; long enough that a large table has few runs. */
const LONGEST_RUN = 512

/** Consecutive records, at least one, each an object or packed. The ids are in an array of their own, so that a search reads no record. */
interface Run<R extends { readonly id: unknown }> {
  readonly ids: R['id'][]
  readonly entries: (R | Packed)[]
}

/** Consecutive records, as stored. */
export type Stretch<R extends { readonly id: unknown }> = Readonly<Run<R>>

/**
 * The records of a table in the order of their ids: found by id, and walked from any place without sorting. It takes 16 bytes a record,
 * less than half of a Map, and never pauses to grow as a large Map does. Each change takes effect in one last step, so that an error
 * leaves the records unchanged.
 */
export class Records<R extends { readonly id: string | number }> {
  readonly #runs: Run<R>[] = []
  readonly #unpacked: (line: Packed) => R

  constructor(unpacked: (line: Packed) => R) {
    this.#unpacked = unpacked
  }

  get size(): number {
    return this.#runs.reduce((sum, { ids }) => sum + ids.length, 0)
  }

  get(id: R['id']): R | undefined {
    const entry = this.entry(id)
    return entry === undefined ? undefined : this.#whole(entry)
  }

  /** The record as stored: an object or packed. */
  entry(id: R['id']): R | Packed | undefined {
    const run = this.#runs[this.#placeOf(id)]
    if (!run) return undefined
    const { ids, entries } = run
    // Correct if the ids have no gaps.
    const guess = typeof id === 'number' ? id - (ids[0] as number) : -1
    const at = guess >= 0 && ids[guess] === id ? guess : placeIn(ids, id)
    return ids[at] === id ? entries[at] : undefined
  }

  has(id: R['id']): boolean {
    return this.entry(id) !== undefined
  }

  set(id: R['id'], entry: R | Packed): void {
    const place = Math.min(this.#placeOf(id), this.#runs.length - 1)
    const run = this.#runs[place]
    const at = run ? placeIn(run.ids, id) : 0
    if (run?.ids[at] === id) run.entries[at] = entry
    // Ids mostly rise, so a full run is usually left as it is and the next one begins.
    else if (!run || at === LONGEST_RUN) this.#runs.splice(place + 1, 0, { ids: [id], entries: [entry] })
    else if (at === run.ids.length) append(run, id, entry)
    else this.#runs.splice(place, 1, ...halved(withEntry(run, at, id, entry)))
  }

  delete(id: R['id']): void {
    const place = this.#placeOf(id)
    const run = this.#runs[place]
    const at = run ? placeIn(run.ids, id) : 0
    if (run?.ids[at] !== id) return
    if (run.ids.length > 1) this.#runs[place] = withoutEntry(run, at)
    else this.#runs.splice(place, 1)
  }

  values(): Iterable<R> {
    return this.after(undefined)
  }

  /** The records that are not packed; all records that name files are among them. */
  *objects(): Generator<R> {
    for (const [{ entries }, at] of this.#placesAfter(undefined)) {
      const entry = entries[at]!
      if (typeof entry !== 'string') yield entry
    }
  }

  /** The records after an id, which need not exist; all if it is undefined. Valid until the next change. */
  *after(id: R['id'] | undefined): Generator<R> {
    for (const [{ entries }, at] of this.#placesAfter(id)) yield this.#whole(entries[at]!)
  }

  /**
   * The next records after an id, or before it in descending order, as stored: some, at most `count`; none at the end. All from the first
   * or the last on, if the id is undefined.
   */
  stretch(id: R['id'] | undefined, count: number, newest?: true): Stretch<R> {
    const step = newest ? -1 : 1
    let place =
      id !== undefined
        ? Math.min(this.#placeOf(id), this.#runs.length - 1)
        : newest
          ? this.#runs.length - 1
          : 0
    for (; place >= 0 && place < this.#runs.length; place += step) {
      const { ids, entries } = this.#runs[place]!
      const at = id === undefined ? (newest ? ids.length : 0) : placeIn(ids, id)
      const from = newest ? Math.max(0, at - count) : at + (ids[at] === id ? 1 : 0)
      const to = newest ? at : from + count
      if (from < Math.min(to, ids.length)) {
        const some = { ids: ids.slice(from, to), entries: entries.slice(from, to) }
        return newest ? { ids: some.ids.reverse(), entries: some.entries.reverse() } : some
      }
    }
    return { ids: [], entries: [] }
  }

  /** The first `count` ids after an id. */
  idsAfter(id: R['id'] | undefined, count: number): R['id'][] {
    const found: R['id'][] = []
    for (const [{ ids }, at] of this.#placesAfter(id)) {
      found.push(ids[at]!)
      if (found.length === count) break
    }
    return found
  }

  /** The records before an id, or all if it is undefined, in descending order. */
  *before(id: R['id'] | undefined): Generator<R> {
    const last = this.#runs.length - 1
    const first = id === undefined ? last : Math.min(this.#placeOf(id), last)
    for (let place = first; place >= 0; place--) {
      const { ids, entries } = this.#runs[place]!
      const end = id === undefined || place < first ? ids.length : placeIn(ids, id)
      for (let at = end - 1; at >= 0; at--) yield this.#whole(entries[at]!)
    }
  }

  *#placesAfter(id: R['id'] | undefined): Generator<[Run<R>, number]> {
    const first = id === undefined ? 0 : this.#placeOf(id)
    for (let place = first; place < this.#runs.length; place++) {
      const run = this.#runs[place]!
      let at = id === undefined || place > first ? 0 : placeIn(run.ids, id)
      if (id !== undefined && run.ids[at] === id) at++
      for (; at < run.ids.length; at++) yield [run, at]
    }
  }

  #whole(entry: R | Packed): R {
    return typeof entry === 'string' ? this.#unpacked(entry) : entry
  }

  /** The index of the run that has an id or would have it; the number of runs if the id is above all. */
  #placeOf(id: R['id']): number {
    let low = 0
    let high = this.#runs.length
    // Most new ids come last.
    if (high === 0 || this.#runs[high - 1]!.ids.at(-1)! < id) return high
    while (low < high) {
      const middle = (low + high) >>> 1
      const { ids } = this.#runs[middle]!
      if (ids[ids.length - 1]! < id) low = middle + 1
      else high = middle
    }
    return low
  }
}

/** Adds the id last: an entry without an id does not count. */
function append<R extends { readonly id: unknown }>(
  { ids, entries }: Run<R>,
  id: R['id'],
  entry: R | Packed,
): void {
  entries[ids.length] = entry
  ids.push(id)
}

function withEntry<R extends { readonly id: unknown }>(
  { ids, entries }: Run<R>,
  at: number,
  id: R['id'],
  entry: R | Packed,
): Run<R> {
  return { ids: ids.toSpliced(at, 0, id), entries: entries.toSpliced(at, 0, entry) }
}

function withoutEntry<R extends { readonly id: unknown }>({ ids, entries }: Run<R>, at: number): Run<R> {
  return { ids: ids.toSpliced(at, 1), entries: entries.toSpliced(at, 1) }
}

/** The run itself, or two halves of it if it is too long. */
function halved<R extends { readonly id: unknown }>(run: Run<R>): Run<R>[] {
  const { ids, entries } = run
  if (ids.length <= LONGEST_RUN) return [run]
  const at = ids.length >>> 1
  return [
    { ids: ids.slice(0, at), entries: entries.slice(0, at) },
    { ids: ids.slice(at), entries: entries.slice(at) },
  ]
}

/** The index of an id in ascending ids, or the index where it would be inserted. */
function placeIn<I extends string | number>(ids: readonly I[], id: I): number {
  let low = 0
  let high = ids.length
  // Most new ids come after all others.
  if (high === 0 || ids[high - 1]! < id) return high
  while (low < high) {
    const middle = (low + high) >>> 1
    if (ids[middle]! < id) low = middle + 1
    else high = middle
  }
  return low
}
