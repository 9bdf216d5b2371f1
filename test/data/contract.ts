import { lists, orders, searched } from '../../data/indexes.ts'
import type { Row, Table } from '../../data/tables.ts'

/** A transaction asked for more than the contract of a store promises. This is a bug, so it is not a Failure. */
export class BeyondContract extends Error {}

/** Throws BeyondContract if a call of this tx method asks for more than `data/store.ts` promises. */
export function checkCall(name: string, args: readonly unknown[]): void {
  const [table, given, page] = args as [Table, object, { by?: string } | undefined]
  if (name === 'add' || name === 'put') checkRecord(table, given)
  if (name === 'find' && page) checkPage(table, page)
}

/** Throws BeyondContract if a search for words goes beyond `searched`. */
export function checkSearch(table: Table, { words }: { readonly words?: string }): void {
  if (words !== undefined && !searched[table])
    throw new BeyondContract(`${table} cannot be searched by words; tables.ts does not name it.`)
}

function checkPage(table: Table, { by = 'id' }: { by?: string }): void {
  if (by !== 'id' && !(orders[table] as readonly string[]).includes(by))
    throw new BeyondContract(`${table} cannot be sorted by ${by}; tables.ts does not name it.`)
}

/** Checks a record and freezes it: the caller must not change it any more. */
function checkRecord(table: Table, given: object): void {
  checkTexts(given, table)
  for (const [field, value] of Object.entries(given as Partial<Row<Table>>)) {
    const isList = Array.isArray(value) && value.length > 0 && value.every(one => typeof one !== 'object')
    if (isList && !(lists[table] as readonly string[]).includes(field))
      throw new BeyondContract(`${table} has no list ${field}; tables.ts does not name it.`)
  }
}

function checkTexts(value: unknown, where: string): void {
  if (typeof value === 'string' && /[\0\p{Cs}]/u.test(value))
    throw new BeyondContract(`${where} has a text that not every store can keep: ${JSON.stringify(value)}.`)
  if (typeof value !== 'object' || value === null) return
  for (const [name, inner] of Object.entries(value)) {
    checkTexts(name, where)
    checkTexts(inner, `${where}.${name}`)
  }
  Object.freeze(value)
}
