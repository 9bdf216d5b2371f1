import type { Row, Table } from '../tables.ts'

/** The fields whose values are often equal, in tables whose records are not packed. */
const common: { readonly [T in Table]?: readonly (keyof Row<T> & string)[] } = {
  tickets: ['submitter_email'],
  letters: ['event', 'to'],
  mails: ['peer', 'envelope_from', 'recipients', 'from', 'reasons'],
  once: ['answer'],
}
/** Replaces every empty list. */
const NONE: readonly [] = Object.freeze([] as const)
/** A full pool is emptied, so that it does not keep many values that no record has any more. */
const MOST_VALUES = 20_000
const LONGEST_JSON = 200

/** Lets records share equal values, to save memory. */
export class Pool {
  readonly #texts = new Map<string, string>()
  readonly #objects = new Map<string, object>()

  /** Gives the record itself, deeply frozen, since all readers get the same object. */
  kept<T extends Table>(table: T, record: Row<T>): Row<T> {
    if (Object.isFrozen(record)) return frozen(record)
    const names: readonly string[] = common[table] ?? []
    const fields = record as object as Record<string, unknown>
    for (const name in fields) {
      const value = fields[name]
      if (Array.isArray(value) && value.length === 0) fields[name] = NONE
      else if (names.includes(name)) fields[name] = this.#shared(value)
    }
    return frozen(record)
  }

  #shared(value: unknown): unknown {
    if (typeof value === 'string') return sharedIn(this.#texts, value, value)
    if (typeof value !== 'object' || value === null) return value
    const json = JSON.stringify(value)
    return json.length > LONGEST_JSON ? value : sharedIn(this.#objects, json, value)
  }
}

function sharedIn<V>(values: Map<string, V>, key: string, value: V): V {
  const found = values.get(key)
  if (found !== undefined) return found
  if (values.size === MOST_VALUES) values.clear()
  values.set(key, value)
  return value
}

/** Freezes a record deeply. */
export function frozen<R extends object>(record: R): R {
  // Not Object.values, which allocates a list for each object; a start reads millions of them.
  for (const field in record) {
    const value = record[field]
    if (typeof value === 'object' && value !== null) frozen(value)
  }
  return Object.freeze(record)
}
