// The schemas of the bodies of requests and of results.
import { aboutOf } from '../../../handlers/command/usage.ts'
import { type Kind, type Method, namedParams, type Schema } from '../../../handlers/method.ts'
import { TEXT } from '../../../handlers/result_schema.ts'
import { UPLOAD_FIELD } from '../upload_field.ts'
import { takesFiles } from './site.ts'

const LOGIN: Readonly<Record<string, Schema>> = {
  user: { type: 'string', description: 'The username, unless the login is in a header.' },
  password: {
    type: 'string',
    format: 'password',
    description: 'The password of that user, or a token in place of it.',
  },
}

/** A file in a JSON body. */
export const UPLOAD: Schema = {
  type: 'object',
  properties: {
    filename: TEXT,
    content: { type: 'string', contentEncoding: 'base64', description: 'The bytes of the file in base64.' },
    mime_type: { type: 'string', description: 'Its media type; defaults to application/octet-stream.' },
  },
  required: ['filename', 'content'],
}

/** The schema of a JSON body: the parameters of a method, the login, and files. */
export function jsonBodySchema(method: Method): Schema {
  const files = { type: 'array', items: { $ref: '#/components/schemas/Upload' }, description: 'Files.' }
  return bodySchema(namedParams(method), takesFiles(method) ? { [UPLOAD_FIELD]: files } : {})
}

/** The schema of a form: the given parameters, and the login. */
export function formSchema(fields: readonly [string, Kind<unknown>][]): Schema {
  return bodySchema(fields, {})
}

function bodySchema(
  fields: readonly [string, Kind<unknown>][],
  more: Readonly<Record<string, Schema>>,
): Schema {
  const required = fields.filter(([, { need }]) => need === 'required').map(([name]) => name)
  const properties = fields.map(([name, { about, rule, schema }]) => [
    name,
    { ...schema, description: aboutOf({ about, rule }) },
  ])
  return {
    type: 'object',
    properties: { ...LOGIN, ...Object.fromEntries(properties), ...more },
    required,
  }
}
