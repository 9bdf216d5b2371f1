import { jsonResultSchema } from '../../../handlers/json_result.ts'
import { formOperation, jsonOperation } from './openapi_operations.ts'
import {
  IDEMPOTENCY_KEY,
  jsonStatus,
  PREFER,
  PROBLEM,
  refusals,
  responseHeaders,
  textStatus,
} from './openapi_parts.ts'
import { jsonBodySchema, UPLOAD } from './openapi_schemas.ts'
import { openMethods, type Site } from './site.ts'

const DESCRIPTION = `Every call is a POST. The login is in the body, or in the header Authorization as HTTP Basic or a Bearer token.

The API answers in JSON or as in 2008. JSON: send a JSON body, or \`Accept: application/json\`; a result is one object with the sentence for a person in \`says\`, and a refusal is a problem document (RFC 9457). As in 2008: send a form; a result is plain text or text/json, and a refusal is a sentence.

So that each of both has operations of its own, those in JSON are at the paths with a slash at the end here, and those with forms at the paths without it. The server treats both paths alike.`

/** All methods as an OpenAPI 3.1 document (spec.openapis.org/oas/v3.1.0). */
export function openapiOf({ url }: Site): object {
  const page = `${url}/api/`
  return {
    openapi: '3.1.0',
    info: { title: 'Helpdesk API', version: '1', description: DESCRIPTION },
    externalDocs: { description: 'The API page', url: page },
    servers: [{ url }],
    security: [{}, { basic: [] }, { bearer: [] }],
    tags: [
      { name: 'json', description: 'Calls in JSON.' },
      { name: 'form', description: 'Calls with forms, as in 2008.' },
    ],
    paths: Object.fromEntries([
      ...openMethods.map(method => [`/api/${method.name}/`, { post: jsonOperation(method, page) }]),
      ...openMethods.map(method => [`/api/${method.name}`, { post: formOperation(method, page) }]),
    ]),
    components: {
      securitySchemes: {
        basic: { type: 'http', scheme: 'basic' },
        bearer: { type: 'http', scheme: 'bearer', description: 'A token.' },
      },
      parameters: { 'Idempotency-Key': IDEMPOTENCY_KEY, Prefer: PREFER },
      headers: responseHeaders,
      schemas: {
        Problem: PROBLEM,
        Upload: UPLOAD,
        ...Object.fromEntries(
          openMethods.flatMap(method => [
            [method.name, jsonBodySchema(method)],
            ...(method.sends ? [] : [[`${method.name}_result`, jsonResultSchema(method)]]),
          ]),
        ),
      },
      responses: Object.fromEntries([
        ['Problem', jsonStatus()],
        ...refusals.map(status => [`Problem${status}`, jsonStatus(status)]),
        ...refusals.map(status => [`Status${status}`, textStatus(status)]),
      ]),
    },
  }
}
