import { readlinkSync } from 'node:fs'
import { Failure } from '../../data/failure.ts'
import type { Config } from '../config/config.ts'
import type { Listen, Listens } from '../config/listen.ts'
import { localSockets } from '../net/local_sockets.ts'

/** `SD_LISTEN_FDS_START` of sd_listen_fds(3). */
const FIRST = 3

/**
 * The config with the sockets that systemd passes in place of its own addresses (sd_listen_fds(3)): those with the name `http` are
 * `http.listen`, and so for each section that has `listen`. Connections to them wait while no daemon runs. Takes the variables out of the
 * environment. Throws Failure `invalid` for a socket without such a name, or that does not accept connections.
 */
export function withInheritedSockets(config: Config): Config {
  const { LISTEN_PID, LISTEN_FDS, LISTEN_FDNAMES = '' } = process.env
  for (const name of ['LISTEN_PID', 'LISTEN_FDS', 'LISTEN_FDNAMES']) delete process.env[name]
  if (LISTEN_PID !== String(process.pid) || !LISTEN_FDS) return config
  const names = LISTEN_FDNAMES.split(':')
  const listens: Record<string, Listens> = {}
  for (let at = 0; at < Number(LISTEN_FDS); at++) {
    const name = names[at] ?? ''
    const key = `${name}.listen`
    if (!(key in config))
      throw new Failure(
        'invalid',
        `systemd passes a socket with the name ${JSON.stringify(name)}, and no door has that name; set FileDescriptorName= of its unit to one of: ${doorsOf(config).join(', ')}.`,
      )
    listens[key] = [...(listens[key] ?? []), placeOf(FIRST + at, name)] as unknown as Listens
  }
  return { ...config, ...listens }
}

function doorsOf(config: Config): string[] {
  return Object.keys(config).flatMap(key => (key.endsWith('.listen') ? [key.slice(0, key.indexOf('.'))] : []))
}

function placeOf(fd: number, name: string): Listen {
  const link = readlinkSync(`/proc/self/fd/${fd}`)
  const found = localSockets().find(({ inode }) => link === `socket:[${inode}]`)
  if (found) return { ...found.where, fd }
  throw new Failure(
    'invalid',
    `The socket ${JSON.stringify(name)} that systemd passes does not accept connections; use ListenStream= in its unit, and not Accept=yes.`,
  )
}
