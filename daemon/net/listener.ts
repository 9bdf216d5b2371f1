import { chmod, lstat, rm, stat } from 'node:fs/promises'
import { type AddressInfo, connect, type Server } from 'node:net'
import { dirname } from 'node:path'
import { absent } from '../../data/disk.ts'
import { Failure } from '../../data/failure.ts'
import { type Listen, listenText } from '../config/listen.ts'
import type { Events } from '../log/events.ts'

/** Who is in the group of a socket may come in. */
const SOCKET_MODE = 0o660

/**
 * Resolves when the server listens, at a unix socket with this mode; a dead socket that is in the way is removed. Throws what the
 * system says when it cannot, and Failure `conflict` where something else than a socket has the name. Later troubles of the server
 * are logged.
 */
export async function listening(
  server: Server,
  where: Listen,
  events: Events,
  mode = SOCKET_MODE,
): Promise<void> {
  if ('path' in where) await makeWay(where.path)
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(where, () => {
      server.off('error', reject)
      server.on('error', error => events.serverFailed(error))
      resolve()
    })
  })
  if (!('path' in where)) return
  await chmod(where.path, mode).catch(error => {
    server.close()
    throw error
  })
}

/** What a process that died left behind. What lives stays, and the system refuses to listen there. */
async function makeWay(path: string): Promise<void> {
  // The system itself would say of a directory that is missing that it may not be used.
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

/** Where a server listens, with the port that it got. */
export function listenerOf(server: Server): Listen {
  const address = server.address() as AddressInfo | string
  return typeof address === 'string' ? { path: address } : { host: address.address, port: address.port }
}

/** A way in of several listeners. */
export interface Opened {
  /** The port of the first TCP listener; 0 where there is none. */
  readonly port: number
  /** Where it listens, as it is written in the config. */
  readonly listens: readonly string[]
  close(): Promise<void>
}
export interface Listener {
  readonly server: Server
  close(): Promise<void>
}

/** Opens one listener after the other. When one of them cannot be opened, those before it are closed again. */
export async function openEach(
  wheres: readonly Listen[],
  open: (where: Listen) => Promise<Listener>,
): Promise<Opened> {
  const listeners: Listener[] = []
  const close = async () => {
    await Promise.all(listeners.map(listener => listener.close()))
  }
  try {
    for (const where of wheres) listeners.push(await open(where))
  } catch (error) {
    await close()
    throw error
  }
  const found = listeners.map(({ server }) => listenerOf(server))
  const tcp = found.find(where => 'port' in where)
  return { port: tcp?.port ?? 0, listens: found.map(listenText), close }
}
