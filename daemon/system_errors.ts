import { type Code, Failure } from '../data/failure.ts'
import { listenText } from './config/listen.ts'
import { diskFault } from './disk_fault.ts'

/** Errors of the operating system that an administrator can correct. */
const reasons: Readonly<Record<string, readonly [Code, string]>> = {
  EACCES: ['forbidden', 'this user may not access it; run as its owner or as root'],
  EPERM: ['forbidden', 'this user may not access it; run as its owner or as root'],
  EADDRINUSE: ['conflict', 'another program listens there; stop it, or choose another address'],
  EADDRNOTAVAIL: ['unavailable', 'this machine does not have this address now; choose one that it has'],
  ENOTFOUND: ['invalid', 'there is no such host; give an address of this machine'],
  EAI_AGAIN: ['unavailable', 'the name cannot be looked up now; give an address of this machine'],
  ENOENT: ['not_found', 'it does not exist and cannot be created'],
  EISDIR: ['invalid', 'it is a directory; name a file'],
  ENOTDIR: ['invalid', 'a part of the path is not a directory'],
  EEXIST: ['invalid', 'something else with this name exists; choose another name'],
  ENAMETOOLONG: ['invalid', 'it is too long; choose a shorter one'],
  EROFS: ['invalid', 'it is on a read-only file system'],
  ENOSPC: ['full', 'the disk is full'],
  EDQUOT: ['full', 'the disk is full for this user'],
}
const LOW_PORT: readonly [Code, string] = [
  'forbidden',
  'a port below 1024 needs the socket unit of its door, or the capability CAP_NET_BIND_SERVICE; enable or grant it, or choose another port',
]

interface SystemError extends NodeJS.ErrnoException {
  readonly address?: string
  readonly port?: number
  readonly hostname?: string
}

/** The Failure or DiskFault for an error of the operating system; any other error unchanged. */
export function mendable(error: unknown): unknown {
  if (!(error instanceof Error) || !('syscall' in error)) return error
  const { code = '', syscall, path, address, port, hostname } = error as SystemError
  const fault = diskFault(error)
  if (fault) return fault
  const reason = code === 'EACCES' && isPort(port) ? LOW_PORT : reasons[code]
  if (!reason) return error
  const [kind, sentence] = reason
  const what = address && isPort(port) ? listenText({ host: address, port }) : (path ?? address ?? hostname)
  return new Failure(kind, `${what ?? syscall}: ${sentence} (${syscall}: ${code}).`)
}

/** For a unix socket, Node reports port -1. */
function isPort(port: number | undefined): port is number {
  return port !== undefined && port > 0
}
