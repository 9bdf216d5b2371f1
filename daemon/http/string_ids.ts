import type { Gives } from '../../handlers/method.ts'

/** The same list with ids that are strings, as `text/json` has had them since 2008. */
export function withStringIds(gives: Gives): Gives {
  if (!Array.isArray(gives)) return gives
  return gives.map((one: { readonly id: number }) => ({ ...one, id: String(one.id) }))
}
