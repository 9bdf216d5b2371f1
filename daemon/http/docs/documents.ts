import { jsonReply, type Reply } from '../answer.ts'
import { openapiOf } from './openapi.ts'
import { pageOf } from './page.ts'
import type { Site } from './site.ts'

/** Makes the API page and the OpenAPI document of a site, by path. Each keeps its last reply, since it rarely changes. */
export function documentsByPath(): ReadonlyMap<string, (site: Site) => Reply> {
  return new Map([
    ['/api', kept(pageOf)],
    ['/api/openapi.json', kept(openapiReply)],
  ])
}

function openapiReply(site: Site): Reply {
  return jsonReply(openapiOf(site))
}

function kept(make: (site: Site) => Reply): (site: Site) => Reply {
  let last: { url: string; reply: Reply } | undefined
  return site => {
    if (last?.url !== site.url) last = { url: site.url, reply: make(site) }
    return last.reply
  }
}
