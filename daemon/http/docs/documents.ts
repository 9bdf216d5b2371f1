import type { Reply } from '../answer.ts'
import { openapiOf } from './openapi.ts'
import { pageOf } from './page.ts'
import type { Site } from './site.ts'

/**
 * What tells of this door, by its path. Each is made when first asked for, since the door's port is not known before it listens, and
 * kept, since nothing in it changes.
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
