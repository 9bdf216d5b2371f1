import type { Schema } from '../../../handlers/method.ts'

/** The schema of what an example shows: the same fields of the same types, those of a list of its members all together. */
export function schemaOf(...shown: readonly unknown[]): Schema {
  const types = [...new Set(shown.map(typeOf))]
  const lists = shown.filter(Array.isArray)
  const objects = shown.filter(one => typeOf(one) === 'object') as Record<string, unknown>[]
  const names = [...new Set(objects.flatMap(Object.keys))]
  const of = (name: string) => objects.filter(one => name in one).map(one => one[name])
  return {
    type: types.length === 1 ? types[0] : types,
    ...(lists.flat().length ? { items: schemaOf(...lists.flat()) } : {}),
    ...(objects.length
      ? {
          properties: Object.fromEntries(names.map(name => [name, schemaOf(...of(name))])),
          required: names.filter(name => of(name).length === objects.length),
        }
      : {}),
  }
}

function typeOf(value: unknown): string {
  if (value === null) return 'null'
  if (Array.isArray(value)) return 'array'
  return Number.isInteger(value) ? 'integer' : typeof value
}
