import { lookup } from 'node:dns/promises'
import type { Config } from '../config/config.ts'
import { LISTEN_KEYS, type Listen, listenOf, listenText } from '../config/listen.ts'
import { ipOf } from '../net/ip.ts'
import { localSockets } from '../net/local_sockets.ts'

/**
 * A sentence for each address of a door at which somebody listens already, except at `own`, the addresses of the running daemon in the notation
 * of the config. A host name that cannot be looked up has one, too.
 */
export async function portsInUse(config: Config, own: readonly string[] = []): Promise<string[]> {
  const ours = own.map(asInProc)
  const taken = localSockets()
    .map(({ where }) => where)
    .filter(where => !ours.includes(listenText(where)))
  const found: string[] = []
  for (const [name, key] of Object.entries(LISTEN_KEYS))
    for (const where of config[key]) {
      const trouble = await troubleAt(where, taken, `helpdeskd-${name}.socket`)
      if (trouble) found.push(`${key}: ${listenText(where)} ${trouble}`)
    }
  return found
}

/** An IPv4 address may be written as an IPv6 address, which local sockets never are. */
function asInProc(text: string): string {
  const where = listenOf(text)
  if (!where || 'path' in where) return text
  return listenText({ ...where, host: ipOf(where.host) ?? where.host })
}

async function troubleAt(where: Listen, taken: readonly Listen[], unit: string): Promise<string | undefined> {
  const hosts = 'host' in where ? await hostsOf(where.host) : []
  if (!hosts) return 'has a host name that cannot be looked up; give an address.'
  const isTaken = taken.some(other =>
    'path' in where
      ? 'path' in other && other.path === where.path
      : 'port' in other && other.port === where.port && meets(other.host, hosts),
  )
  return isTaken
    ? `is in use. If ${unit} holds it, all is well; otherwise stop the other program, or choose another address.`
    : undefined
}

async function hostsOf(host: string): Promise<string[] | undefined> {
  const address = ipOf(host)
  if (address) return [address]
  const found = await lookup(host, { all: true }).catch(() => undefined)
  return found?.map(({ address }) => address)
}

/** Whether a socket that listens at `other` is in the way of one at these hosts; `::` stands for IPv4, too. */
function meets(other: string, hosts: readonly string[]): boolean {
  return hosts.some(
    host =>
      host === other ||
      host === '::' ||
      other === '::' ||
      ([host, other].includes('0.0.0.0') && !`${host}${other}`.includes(':')),
  )
}
