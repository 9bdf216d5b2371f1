import { hostname } from 'node:os'
import { trimmed } from '../../../data/trimmed.ts'
import { methods } from '../../../handlers/index.ts'
import { isOpenAt, type Method, namedParams } from '../../../handlers/method.ts'
import type { Config } from '../../config/config.ts'
import { listenText } from '../../config/listen.ts'

/** What the texts about this door say of the site that it belongs to. */
export interface Site {
  /** The URL of the door as others reach it, without a slash at its end. */
  readonly url: string
  /** The address that takes commands. */
  readonly mail: string
}

/** What is known when the door listens at a port: `http.url`, else made from `http.listen`; never of what a request says of us. */
export function siteOf(config: Config, port: number): Site {
  return { url: urlOf(config, port), mail: config['mail.address'] }
}

/** To listen at these is to listen everywhere, and nobody calls them from elsewhere. */
const EVERYWHERE: ReadonlySet<string> = new Set(['0.0.0.0', '::'])

function urlOf(config: Config, port: number): string {
  if (config['http.url'] !== '') {
    const { origin, pathname } = new URL(config['http.url'])
    return trimmed(`${origin}${pathname}`, '/')
  }
  const tcp = config['http.listen'].find(where => 'port' in where)
  if (!tcp) return 'http://localhost'
  const scheme = config['http.tls_cert'] === '' ? 'http' : 'https'
  return `${scheme}://${listenText({ host: EVERYWHERE.has(tcp.host) ? hostname() : tcp.host, port })}`
}

/** The field of a multipart body that files come in. */
export const UPLOAD_FIELD = 'attachment'

export const openMethods: readonly Method[] = [...methods.values()].filter(method => isOpenAt(method, 'http'))

/** The parameters of a method as they are sent here: those that only a door can hand over come as files. */
export function fieldsOf(method: Method): ReturnType<typeof namedParams> {
  const uploads = Object.values(method.params).filter(kind => kind.fromDoor)
  return [...namedParams(method), ...uploads.map((kind): [string, typeof kind] => [UPLOAD_FIELD, kind])]
}

export function takesFiles({ params }: Method): boolean {
  return Object.values(params).some(kind => kind.fromDoor)
}

/** Whether the answer is JSON rather than plain text. */
export function givesJson({ givesSchema }: Method): boolean {
  return givesSchema?.type === 'array' || givesSchema?.type === 'object'
}

export function methodUrl({ url }: Site, { name }: Method): string {
  return `${url}/api/${name}/`
}
