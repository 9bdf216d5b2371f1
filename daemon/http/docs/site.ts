import { hostname } from 'node:os'
import { trimmed } from '../../../data/trimmed.ts'
import { methods } from '../../../handlers/index.ts'
import { isOpenAt, type Method, namedParams } from '../../../handlers/method.ts'
import type { Config } from '../../config/config.ts'
import { isEverywhere, listenText } from '../../config/listen.ts'
import { UPLOAD_FIELD } from '../upload_field.ts'

/** What the texts about this door need to know about the site. */
export interface Site {
  /** The URL at which clients reach the door, without a slash at its end. */
  readonly url: string
  /** The address that takes commands. */
  readonly mail: string
}

/**
 * The site of a door. Its URL is `http.url`, or made from `http.listen`; never taken from a header. If `http.listen` leaves the port to the
 * system, the URL has `localPort`, the port at which a request arrived.
 */
export function siteOf(config: Config, localPort = 0): Site {
  return { url: urlOf(config, localPort), mail: config['mail.address'] }
}

function urlOf(config: Config, localPort: number): string {
  if (config['http.url'] !== '') {
    const { origin, pathname } = new URL(config['http.url'])
    return trimmed(`${origin}${pathname}`, '/')
  }
  const tcp = config['http.listen'].find(where => 'port' in where)
  if (!tcp) return 'http://localhost'
  const host = isEverywhere(tcp.host) ? hostname() : tcp.host
  const scheme = config['http.tls_cert'] === '' ? 'http' : 'https'
  return `${scheme}://${listenText({ host, port: tcp.port || localPort })}`
}

export const openMethods: readonly Method[] = [...methods.values()].filter(method => isOpenAt(method, 'http'))

/** The parameters of a method at this door; `attachments` are sent as files. */
export function fieldsOf(method: Method): ReturnType<typeof namedParams> {
  const { attachments } = method.params
  return attachments ? [...namedParams(method), [UPLOAD_FIELD, attachments]] : namedParams(method)
}

export function takesFiles({ params }: Method): boolean {
  return params.attachments !== undefined
}

/** Whether the response is JSON, not plain text. */
export function givesJson({ givesSchema }: Method): boolean {
  return givesSchema?.type === 'array' || givesSchema?.type === 'object'
}

export function methodUrl({ url }: Site, { name }: Method): string {
  return `${url}/api/${name}/`
}
