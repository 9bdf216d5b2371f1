// The parts of the OpenAPI document that all operations share.
import { codes } from '../../../data/failure.ts'
import type { Schema } from '../../../handlers/method.ts'
import { TEXT } from '../../../handlers/result_schema.ts'
import { INTERNAL } from '../refusal.ts'
import { httpStatuses, later } from '../statuses.ts'

/** A POST never gets 405, which is the response to other verbs. */
export const refusals = [...httpStatuses.keys()].filter(status => status !== 200 && status !== 405)

export const IDEMPOTENCY_KEY = {
  name: 'Idempotency-Key',
  in: 'header',
  description:
    'Makes a repeat harmless: within 24 hours, a call with the same key is carried out once, and every repeat gets the first response.',
  schema: { type: 'string', pattern: '^[!#-~]{1,255}$' },
}
export const PREFER = {
  name: 'Prefer',
  in: 'header',
  description: 'With `handling=strict`, parameters that the method does not have are refused, not ignored.',
  schema: { type: 'string', examples: ['handling=strict'] },
}

/** The headers of responses, by name. */
export const responseHeaders = {
  'X-Request-Id': { description: 'The id of the request, which the log has, too.', schema: TEXT },
  'X-Ignored-Parameters': {
    description:
      'The names of parameters that the method does not have, percent-encoded, separated by commas.',
    schema: TEXT,
  },
  'Preference-Applied': { description: '`handling=strict`, if the request prefers it.', schema: TEXT },
  'Retry-After': {
    description: 'The number of seconds after which to try again.',
    schema: { type: 'integer', minimum: 1 },
  },
}

/** References to the headers of each response. */
export const usualHeaders = headersNamed('X-Request-Id', 'X-Ignored-Parameters', 'Preference-Applied')

const ALWAYS = {
  type: { type: 'string', format: 'uri', description: 'Always about:blank; `code` says more.' },
  title: { type: 'string', description: 'The meaning of the status.' },
  status: { type: 'integer', minimum: 400, maximum: 599 },
  detail: { type: 'string', description: 'What was wrong and what to do: a sentence for a person.' },
  code: { type: 'string', enum: [...codes, INTERNAL], description: 'The kind of refusal.' },
  request: { type: 'string', description: 'The id of the request, as in the header X-Request-Id.' },
}
/** A refusal in JSON (RFC 9457). */
export const PROBLEM: Schema = {
  type: 'object',
  description: 'A refusal (RFC 9457).',
  properties: {
    ...ALWAYS,
    parameter: { type: 'string', description: 'The parameter to blame, if it is one.' },
  },
  required: Object.keys(ALWAYS),
}

/** The response with a problem of a status, or of any status. */
export function jsonStatus(status?: number): object {
  const content = { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } }
  return refusalOf(status, content)
}

/** The same as a sentence. */
export function textStatus(status: number): object {
  return refusalOf(status, { 'text/plain': { schema: TEXT } })
}

function refusalOf(status: number | undefined, content: object): object {
  const isLater = status !== undefined && later.has(status)
  return {
    description: (status === undefined ? undefined : httpStatuses.get(status)) ?? 'A refusal.',
    headers: { ...usualHeaders, ...(isLater ? headersNamed('Retry-After') : {}) },
    content,
  }
}

function headersNamed(...names: readonly (keyof typeof responseHeaders)[]): object {
  return Object.fromEntries(names.map(name => [name, { $ref: `#/components/headers/${name}` }]))
}
