import type { Gives, Schema } from '../../handlers/method.ts'

/** The same list with ids that are strings, as `text/json` has had them since 2008. */
export function withStringIds(gives: Gives): Gives {
  if (!Array.isArray(gives)) return gives
  return gives.map((one: { readonly id: number }) => ({ ...one, id: String(one.id) }))
}

/** The schema of that list. */
export function stringIdsIn(schema: Schema): Schema {
  const items = schema.items as Schema
  const properties = { ...(items.properties as Schema), id: { type: 'string', pattern: '^[0-9]+$' } }
  return { ...schema, items: { ...items, properties } }
}
