import { isIP } from 'node:net'
import { LONGEST_PATH } from '../../data/disk.ts'

/** Where a door listens: at a TCP port, or at a unix socket. `fd` is the open socket if the service manager has passed it. */
export type Listen = ({ readonly host: string; readonly port: number } | { readonly path: string }) & {
  readonly fd?: number
}
export type Listens = readonly [Listen, ...Listen[]]

/** The options that say where a door listens, by the name of the socket that systemd may pass instead (FileDescriptorName=). */
export const LISTEN_KEYS = {
  http: 'http.listen',
  smtp: 'smtp.listen',
  submission: 'smtp.submission',
  submissions: 'smtp.submissions',
  lmtp: 'lmtp.listen',
} as const

/** Reads `host:port`, `[v6]:port` or `unix:PATH`; undefined for anything else. */
export function listenOf(text: string): Listen | undefined {
  const [, path] = /^unix:([^\p{Cc}]+)$/u.exec(text) ?? []
  if (path !== undefined) return Buffer.byteLength(path) <= LONGEST_PATH ? { path } : undefined
  const [, v6, name, port] = /^(?:\[([0-9a-fA-F:.]+)\]|([A-Za-z0-9.-]+)):([0-9]{1,5})$/.exec(text) ?? []
  const host = v6 ?? name
  if (host === undefined || Number(port) > 65535 || (v6 !== undefined && isIP(v6) !== 6)) return undefined
  return { host, port: Number(port) }
}

/** Whether a host stands for all addresses of the machine, so that no client can use it in a URL. */
export function isEverywhere(host: string): boolean {
  return host === '0.0.0.0' || host === '::'
}

/** The text of such a place, as `listenOf` reads it. */
export function listenText(where: Listen): string {
  if ('path' in where) return `unix:${where.path}`
  return `${isIP(where.host) === 6 ? `[${where.host}]` : where.host}:${where.port}`
}
