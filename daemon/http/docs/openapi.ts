import { aboutOf } from '../../../handlers/command/usage.ts'
import { type Method, namedParams, type Schema } from '../../../handlers/method.ts'
import { httpStatuses, later } from '../statuses.ts'
import { stringIdsIn } from '../string_ids.ts'
import { exampleAnswer, exampleForm, exampleJson } from './example.ts'
import { fieldsOf, givesJson, openMethods, type Site, takesFiles } from './site.ts'

/** A POST never gets 405, which is the response to other verbs. */
const refusals = [...httpStatuses.keys()].filter(status => status !== 200 && status !== 405)
const LOGIN: Readonly<Record<string, Schema>> = {
  user: { type: 'string', description: 'The username, unless the login is in a header.' },
  password: {
    type: 'string',
    format: 'password',
    writeOnly: true,
    description: 'The password of that user, or a token in place of it.',
  },
}

/** All methods as an OpenAPI 3.1 document (spec.openapis.org/oas/v3.1.0). */
export function openapiOf({ url }: Site): object {
  const page = `${url}/api/`
  return {
    openapi: '3.1.0',
    info: {
      title: 'Helpdesk API',
      version: '1',
      description:
        'Every call is a POST. The login is in the body, or in the header Authorization as HTTP Basic or a Bearer token. The text of an error is a sentence for a person.',
    },
    externalDocs: { description: 'The API page', url: page },
    servers: [{ url }],
    security: [{}, { basic: [] }, { bearer: [] }],
    paths: Object.fromEntries(
      openMethods.map(method => [`/api/${method.name}/`, { post: operation(method, page) }]),
    ),
    components: {
      securitySchemes: {
        basic: { type: 'http', scheme: 'basic' },
        bearer: { type: 'http', scheme: 'bearer', description: 'A token.' },
      },
      parameters: { 'Idempotency-Key': IDEMPOTENCY_KEY },
      headers: { 'X-Ignored-Parameters': IGNORED, 'Retry-After': RETRY_AFTER },
      schemas: Object.fromEntries(openMethods.map(method => [method.name, formSchema(method)])),
      responses: Object.fromEntries(refusals.map(status => [`Status${status}`, refusal(status)])),
    },
  }
}

const IDEMPOTENCY_KEY = {
  name: 'Idempotency-Key',
  in: 'header',
  description:
    'Makes a repeat harmless: within 24 hours, a call with the same key is carried out once, and every repeat gets the first response.',
  schema: { type: 'string', pattern: '^[!#-~]{1,255}$' },
}
const IGNORED = {
  description: 'The names of parameters that the method does not have, percent-encoded, separated by commas.',
  schema: { type: 'string' },
}
const RETRY_AFTER = {
  description: 'The number of seconds after which to try again.',
  schema: { type: 'integer', minimum: 1 },
}

function operation(method: Method, page: string): object {
  const { name, summary, description, may, params } = method
  return {
    operationId: name,
    summary,
    description: may === 'admin' ? `${description} For administrators.` : description,
    externalDocs: { url: `${page}#method_${name}` },
    parameters: [{ $ref: '#/components/parameters/Idempotency-Key' }],
    requestBody: {
      required: Object.values(params).some(({ need }) => need === 'required'),
      content: bodies(method),
    },
    responses: {
      200: success(method),
      ...Object.fromEntries(
        refusals.map(status => [status, { $ref: `#/components/responses/Status${status}` }]),
      ),
    },
  }
}

function bodies(method: Method): object {
  const schema = { $ref: `#/components/schemas/${method.name}` }
  const multipart = { 'multipart/form-data': { schema: withFiles(method), example: exampleForm(method) } }
  return {
    'application/x-www-form-urlencoded': { schema, example: exampleForm(method) },
    'application/json': { schema, example: exampleJson(method) },
    ...(takesFiles(method) ? multipart : {}),
  }
}

function formSchema(method: Method): Schema {
  return objectOf(namedParams(method))
}

function withFiles(method: Method): Schema {
  return objectOf(fieldsOf(method))
}

function objectOf(fields: ReturnType<typeof fieldsOf>): Schema {
  const required = fields.filter(([, { need }]) => need === 'required').map(([name]) => name)
  const properties = fields.map(([name, { about, rule, schema }]) => [
    name,
    { ...schema, description: aboutOf({ about, rule }) },
  ])
  return { type: 'object', properties: { ...LOGIN, ...Object.fromEntries(properties) }, required }
}

const ignored = { 'X-Ignored-Parameters': { $ref: '#/components/headers/X-Ignored-Parameters' } }

function success(method: Method): object {
  return {
    description: httpStatuses.get(200),
    headers: ignored,
    content: answerContent(method),
  }
}

function answerContent(method: Method): object {
  const { sends, givesSchema, stringIds } = method
  const example = exampleAnswer(method)
  if (sends) return { 'application/octet-stream': { schema: {} } }
  if (givesJson(method))
    return { 'text/json': { schema: stringIds ? stringIdsIn(givesSchema!) : givesSchema, example } }
  return { 'text/plain': { schema: plainSchema(givesSchema), example: String(example) } }
}

function plainSchema({ type }: Schema = {}): Schema {
  return { type: 'string', ...(type === 'integer' ? { pattern: '^[0-9]+$' } : {}) }
}

function refusal(status: number): object {
  const retry = { 'Retry-After': { $ref: '#/components/headers/Retry-After' } }
  return {
    description: httpStatuses.get(status),
    headers: { ...ignored, ...(later.has(status) ? retry : {}) },
    content: { 'text/plain': { schema: { type: 'string' } } },
  }
}
