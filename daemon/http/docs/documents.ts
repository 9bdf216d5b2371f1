import type { Reply } from '../answer.ts'
import { openapiOf } from './openapi.ts'
import { pageOf } from './page.ts'
import type { Site } from './site.ts'

/**
 * The API page and the OpenAPI document, by path. Each is made at the first request, since the port is not known before the door listens,
 * and then kept, since its content does not change.
 */
export function documents(site: () => Site): ReadonlyMap<string, () => Promise<Reply>> {
  const openapi = () => ({
    status: 200,
    body: JSON.stringify(openapiOf(site())),
    headers: { 'Content-Type': 'application/json' },
  })
  return new Map([
    ['/api', kept(() => pageOf(site()))],
    ['/api/openapi.json', kept(openapi)],
  ])
}

function kept(make: () => Reply): () => Promise<Reply> {
  let made: Reply | undefined
  return async () => {
    made ??= make()
    return made
  }
}
