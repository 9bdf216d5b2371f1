/** A longer list is too slow to search and copy. */
const LONGEST_LIST = 8

type One = string | number
/** The ids of the records with one value: a single id, a short list, or a set. */
type Ids = One | readonly One[] | Set<One>

/** Maps each value of a field to the ids of the records that have it; a list field is mapped by each of its values. An absent field is not. */
export class Index<I extends One> {
  readonly #byValue = new Map<unknown, Ids>()

  link(value: unknown, id: I): void {
    if (!Array.isArray(value)) this.#link(value, id)
    else for (const one of new Set(value)) this.#link(one, id)
  }

  unlink(value: unknown, id: I): void {
    if (!Array.isArray(value)) this.#unlink(value, id)
    else for (const one of new Set(value)) this.#unlink(one, id)
  }

  clear(): void {
    this.#byValue.clear()
  }

  /** The ids of the records with a value, in no particular order. */
  ids(value: unknown): Iterable<I> {
    const ids = this.#byValue.get(value) ?? []
    return (isOne(ids) ? [ids] : ids) as Iterable<I>
  }

  count(value: unknown): number {
    const ids = this.#byValue.get(value) ?? []
    if (isOne(ids)) return 1
    return ids instanceof Set ? ids.size : ids.length
  }

  #link(value: unknown, id: I): void {
    if (value === undefined) return
    const ids = this.#byValue.get(value)
    if (ids instanceof Set) ids.add(id)
    else this.#byValue.set(value, withId(ids, id))
  }

  #unlink(value: unknown, id: I): void {
    const ids = this.#byValue.get(value)
    const left = ids === undefined ? undefined : withoutId(ids, id)
    if (left === undefined) this.#byValue.delete(value)
    else if (left !== ids) this.#byValue.set(value, left)
  }
}

function withId(ids: One | readonly One[] | undefined, id: One): Ids {
  if (ids === undefined) return id
  if (isOne(ids)) return [ids, id]
  // `concat`, since `push` reserves memory for 16 more.
  return ids.length < LONGEST_LIST ? ids.concat(id) : new Set(ids).add(id)
}

/** The ids without one of them; undefined if none is left. */
function withoutId(ids: Ids, id: One): Ids | undefined {
  if (isOne(ids)) return undefined
  if (ids instanceof Set) {
    ids.delete(id)
    return ids.size > 0 ? ids : undefined
  }
  const left = ids.filter(other => other !== id)
  return left.length > 1 ? left : left[0]
}

function isOne(ids: Ids): ids is One {
  return typeof ids !== 'object'
}
