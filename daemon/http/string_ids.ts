import type { Gives, Schema } from '../../handlers/method.ts'

/** The list with its ids as strings, as the API of 2008 has them in `text/json`. */
export function withStringIds(gives: Gives): Gives {
  if (!Array.isArray(gives)) return gives
  return gives.map((one: { readonly id: number }) => ({ ...one, id: String(one.id) }))
}

/** The schema of such a list. */
export function stringIdsIn(schema: Schema): Schema {
  const items = schema.items as Schema
  const properties = { ...(items.properties as Schema), id: { type: 'string', pattern: '^[0-9]+$' } }
  return { ...schema, items: { ...items, properties } }
}
