import type { Answer } from './call.ts'
import type { Gives, Method, Schema } from './method.ts'
import { objectOf, TEXT } from './result_schema.ts'

type Giving = Pick<Method, 'givesSchema' | 'givesAs'>

/**
 * An answer as one JSON object: the result and, as `says`, the sentence. The fields of an object stand beside `says`; a list or a value
 * has the name that its method declares. If a command asks about several tickets, `results` has an object for each.
 */
export function jsonResult(method: Giving, { says, gives }: Pick<Answer, 'says' | 'gives'>): object {
  if (!method.givesSchema) return { says }
  if (!isSeveral(method, gives)) return { ...fieldsOf(method, gives), says }
  return { results: gives.map(one => fieldsOf(method, one)), says }
}

/** The schema of such an object, for one ticket. */
export function jsonResultSchema({ givesSchema, givesAs }: Giving): Schema {
  if (!givesSchema) return objectOf({ says: TEXT })
  if (givesAs !== undefined) return objectOf({ [givesAs]: givesSchema, says: TEXT })
  const { properties, required } = givesSchema as { properties: Record<string, Schema>; required: string[] }
  return { ...givesSchema, properties: { ...properties, says: TEXT }, required: [...required, 'says'] }
}

function fieldsOf({ givesAs }: Giving, gives: Gives): object {
  return givesAs === undefined ? (gives as object) : { [givesAs]: gives }
}

/** Whether the result is a list of results. The lists of methods never contain lists. */
function isSeveral({ givesSchema }: Giving, gives: Gives): gives is readonly Gives[] {
  return Array.isArray(gives) && (givesSchema?.type !== 'array' || gives.some(Array.isArray))
}
