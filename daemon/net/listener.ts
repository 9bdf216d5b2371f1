import { chmod, lstat, rm, stat } from 'node:fs/promises'
import { type AddressInfo, connect, type Server } from 'node:net'
import { dirname } from 'node:path'
import { absent } from '../../data/disk.ts'
import { Failure } from '../../data/failure.ts'
import { type Listen, listenText } from '../config/listen.ts'
import type { Events } from '../log/events.ts'

/** The owner and the group of a socket may connect. */
const SOCKET_MODE = 0o660

/**
 * Resolves when the server listens; a unix socket that it creates gets the given mode, and replaces a dead socket. Throws the system error
 * if the server cannot listen, and Failure `conflict` if the path exists and is not a socket. Later errors of the server are logged.
 */
export async function listening(
  server: Server,
  where: Listen,
  events: Events,
  mode = SOCKET_MODE,
): Promise<void> {
  const isOurs = 'path' in where && where.fd === undefined
  if (isOurs) await makeWay(where.path)
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(where, () => {
      server.off('error', reject)
      server.on('error', error => events.serverFailed(error))
      resolve()
    })
  })
  if (!isOurs) return
  await chmod(where.path, mode).catch(error => {
    server.close()
    throw error
  })
}

/** Removes the socket of a dead process. A live socket stays, and listen() then fails. */
async function makeWay(path: string): Promise<void> {
  // For a missing directory, listen() would report EACCES instead of ENOENT.
  await stat(dirname(path))
  const found = await lstat(path).catch(absent)
  if (!found) return
  if (!found.isSocket())
    throw new Failure('conflict', `${path} exists and is not a socket; move it away, or choose another path.`)
  if (await isDead(path)) await rm(path, { force: true })
}

function isDead(path: string): Promise<boolean> {
  return new Promise(resolve => {
    const socket = connect(path, () => {
      socket.destroy()
      resolve(false)
    })
    socket.once('error', ({ code }: NodeJS.ErrnoException) => resolve(code === 'ECONNREFUSED'))
  })
}

/** The same place with the actual port. */
function actual(where: Listen, server: Server): Listen {
  if ('path' in where) return where
  const { address, port } = server.address() as AddressInfo
  return { host: address, port }
}

/** The open listeners of a door. */
export interface Opened {
  /** The port of the first TCP listener; 0 where there is none. */
  readonly port: number
  /** Where it listens, in the notation of the config. */
  readonly listens: readonly string[]
  /** How many connections are open. */
  connections(): Promise<number>
  close(): Promise<void>
}
export interface Listener {
  readonly server: Server
  close(): Promise<void>
}

/** Opens one listener after the other. If one cannot be opened, those before it are closed again. */
export async function openEach(
  wheres: readonly Listen[],
  open: (where: Listen) => Promise<Listener>,
): Promise<Opened> {
  const listeners: Listener[] = []
  const found: Listen[] = []
  const close = async () => {
    await Promise.all(listeners.map(listener => listener.close()))
  }
  try {
    for (const where of wheres) {
      const listener = await open(where)
      listeners.push(listener)
      found.push(actual(where, listener.server))
    }
  } catch (error) {
    await close()
    throw error
  }
  const tcp = found.find(where => 'port' in where)
  const connections = () => connectionsOf(listeners.map(({ server }) => server))
  return { port: tcp?.port ?? 0, listens: found.map(listenText), connections, close }
}

/** How many connections of these servers are open. */
export async function connectionsOf(servers: readonly Server[]): Promise<number> {
  const counts = await Promise.all(
    servers.map(
      server => new Promise<number>(resolve => server.getConnections((_, count) => resolve(count ?? 0))),
    ),
  )
  return counts.reduce((sum, count) => sum + count, 0)
}
