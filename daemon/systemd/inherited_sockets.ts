import { readlinkSync } from 'node:fs'
import { Failure } from '../../data/failure.ts'
import type { Config } from '../config/config.ts'
import { LISTEN_KEYS, type Listen, type Listens } from '../config/listen.ts'
import { localSockets } from '../net/local_sockets.ts'

/** `SD_LISTEN_FDS_START` of sd_listen_fds(3). */
const FIRST = 3

/**
 * The config with the sockets that systemd passes in place of its own addresses (sd_listen_fds(3)): those with the name `http` are
 * `http.listen`, and so on. Connections to them wait while no daemon runs. Takes the variables out of the
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
    if (!isListenName(name))
      throw new Failure(
        'invalid',
        `systemd passes a socket with the name ${JSON.stringify(name)}, and no door has that name; set FileDescriptorName= of its unit to one of: ${Object.keys(LISTEN_KEYS).join(', ')}.`,
      )
    const key = LISTEN_KEYS[name]
    listens[key] = [...(listens[key] ?? []), placeOf(FIRST + at, name)] as unknown as Listens
  }
  return { ...config, ...listens }
}

function isListenName(name: string): name is keyof typeof LISTEN_KEYS {
  return Object.hasOwn(LISTEN_KEYS, name)
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
