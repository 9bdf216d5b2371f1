import type { IncomingMessage } from 'node:http'
import { isJsonBody } from './body/body.ts'

const JSON_TYPES = ['application/json', 'application/problem+json', 'application/*', '*/*']
/** The types of the other responses. */
const TEXT_TYPES = ['text/plain', 'text/*', '*/*']

/**
 * Whether a request wants its response in JSON (RFC 9110, 12.5.1). With a JSON body it does, unless Accept forbids JSON or prefers text;
 * with any other body only if Accept names JSON: a client that takes anything gets what the API of 2008 has.
 */
export function wantsJson({ headers }: Pick<IncomingMessage, 'headers'>): boolean {
  const { accept } = headers
  const sendsJson = isJsonBody(headers)
  if (accept === undefined || accept === '*/*') return sendsJson
  const weights = weightsIn(accept)
  const isNamed = JSON_TYPES.slice(0, 2).some(type => weights.has(type))
  if (!isNamed && !sendsJson) return false
  const json = weightOf(JSON_TYPES, weights)
  const text = Math.max(weightOf(TEXT_TYPES, weights), weights.get('text/json') ?? 0)
  // If the client takes neither, Accept is disregarded.
  if (json === 0 && text === 0) return !isNamed
  return json > 0 && json >= text
}

/** The weight of the most specific of these types and ranges that is listed. */
function weightOf(types: readonly string[], weights: ReadonlyMap<string, number>): number {
  const listed = types.find(type => weights.has(type))
  return listed === undefined ? 0 : weights.get(listed)!
}

/** The weight of each type and range in an Accept header; 1 if it is missing or malformed. */
function weightsIn(accept: string): ReadonlyMap<string, number> {
  const weights = new Map<string, number>()
  for (const item of accept.toLowerCase().split(',')) {
    const [type = '', ...parameters] = item.split(';').map(part => part.trim())
    const given = Number(parameters.find(one => one.startsWith('q='))?.slice(2) ?? 1)
    const weight = given >= 0 && given <= 1 ? given : 1
    weights.set(type, Math.max(weight, weights.get(type) ?? 0))
  }
  return weights
}
