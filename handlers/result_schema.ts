// Parts of the JSON Schemas of results.
import type { Schema } from './method.ts'

export const ID: Schema = { type: 'integer', minimum: 1 }
export const COUNT: Schema = { type: 'integer', minimum: 0 }
export const TEXT: Schema = { type: 'string' }
export const BOOLEAN: Schema = { type: 'boolean' }
export const INSTANT: Schema = { type: 'string', format: 'date-time' }

/** The given schema, or null. */
export function orNull(schema: Schema): Schema {
  return { ...schema, type: [schema.type, 'null'] }
}

export function listOf(items: Schema): Schema {
  return { type: 'array', items }
}

interface ObjectSchema extends Schema {
  readonly properties: Readonly<Record<string, Schema>>
}

/** An object that always has all the given fields. */
export function objectOf(properties: Readonly<Record<string, Schema>>): ObjectSchema {
  return { type: 'object', properties, required: Object.keys(properties) }
}
