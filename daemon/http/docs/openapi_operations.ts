import { type Method, namedParams, type Schema } from '../../../handlers/method.ts'
import { httpStatuses } from '../statuses.ts'
import { stringIdsIn } from '../string_ids.ts'
import { exampleAnswer, exampleJson, exampleResult } from './example.ts'
import { refusals, usualHeaders } from './openapi_parts.ts'
import { formSchema } from './openapi_schemas.ts'
import { fieldsOf, givesJson, takesFiles } from './site.ts'

/** The operation of a method in JSON. */
export function jsonOperation(method: Method, page: string): object {
  const { name, sends } = method
  const schema = { $ref: `#/components/schemas/${name}` }
  const result = {
    'application/json': {
      schema: { $ref: `#/components/schemas/${name}_result` },
      example: exampleResult(method),
    },
  }
  return {
    operationId: name,
    ...operation(method, page, { 'application/json': { schema, example: exampleJson(method) } }),
    tags: ['json'],
    responses: {
      200: success(sends ? BYTES : result),
      ...refused('Problem'),
      default: { $ref: '#/components/responses/Problem' },
    },
  }
}

/** The same with a form, as in 2008. */
export function formOperation(method: Method, page: string): object {
  const example = exampleJson(method)
  return {
    operationId: `${method.name}_form`,
    ...operation(method, page, {
      // The first type is the one that a generated client sends.
      ...(takesFiles(method)
        ? { 'multipart/form-data': { schema: formSchema(fieldsOf(method)), example } }
        : {}),
      'application/x-www-form-urlencoded': { schema: formSchema(namedParams(method)), example },
    }),
    tags: ['form'],
    responses: { 200: success(method.sends ? BYTES : textContent(method)), ...refused('Status') },
  }
}

const BYTES = { 'application/octet-stream': { schema: { type: 'string', format: 'binary' } } }

function operation(
  { name, summary, description, may, params }: Method,
  page: string,
  content: object,
): object {
  return {
    summary,
    description: may === 'admin' ? `${description} For administrators.` : description,
    externalDocs: { url: `${page}#method_${name}` },
    parameters: ['Idempotency-Key', 'Prefer'].map(header => ({ $ref: `#/components/parameters/${header}` })),
    requestBody: { required: Object.values(params).some(({ need }) => need === 'required'), content },
  }
}

function success(content: object): object {
  return { description: httpStatuses.get(200), headers: usualHeaders, content }
}

function refused(kind: 'Problem' | 'Status'): object {
  return Object.fromEntries(
    refusals.map(status => [status, { $ref: `#/components/responses/${kind}${status}` }]),
  )
}

function textContent(method: Method): object {
  const { givesSchema, stringIds } = method
  const example = exampleAnswer(method)
  if (givesJson(method))
    return { 'text/json': { schema: stringIds ? stringIdsIn(givesSchema!) : givesSchema, example } }
  return { 'text/plain': { schema: plainSchema(givesSchema), example: String(example) } }
}

function plainSchema({ type }: Schema = {}): Schema {
  return { type: 'string', ...(type === 'integer' ? { pattern: '^[0-9]+$' } : {}) }
}
