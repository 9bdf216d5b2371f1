import { readFileSync } from 'node:fs'
import { endianness } from 'node:os'
import type { Listen } from '../config/listen.ts'
import { ipOf } from './ip.ts'

/** A socket of this machine that accepts connections. */
export interface LocalSocket {
  readonly inode: string
  readonly where: Listen
}

/** `TCP_LISTEN` of the kernel, in hexadecimal. */
const LISTENS = '0A'
/** `__SO_ACCEPTCON` of the kernel, in hexadecimal. */
const ACCEPTS = '00010000'
const UNIX_FIELDS = 7

/** All of them, of any user, as proc(5) lists them: /proc/net/tcp, tcp6 and unix. */
export function localSockets(): LocalSocket[] {
  return [
    ...linesOf('tcp').flatMap(inTcp),
    // A kernel without IPv6 does not have it.
    ...linesOf('tcp6').flatMap(inTcp),
    ...linesOf('unix').flatMap(inUnix),
  ]
}

function linesOf(name: string): string[] {
  try {
    return readFileSync(`/proc/self/net/${name}`, 'utf8').split('\n').slice(1)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return []
    throw error
  }
}

/** `0: 0100007F:0050 00000000:0000 0A 00000000:00000000 00:00000000 00000000 0 0 4711 …`: number, both ends, state; the inode is the tenth. */
function inTcp(line: string): LocalSocket[] {
  const [, local = '', , state, , , , , , inode = ''] = line.trim().split(/ +/)
  if (state !== LISTENS) return []
  const [address = '', port = ''] = local.split(':')
  return [{ inode, where: { host: hostOf(address), port: Number.parseInt(port, 16) } }]
}

/** `0000000000000000: 00000002 00000000 00010000 0001 01 4711 /run/x.sock`: flags, type, state, inode and path; a path may have blanks. */
function inUnix(line: string): LocalSocket[] {
  const fields = line.trim().split(/ +/, UNIX_FIELDS)
  const [inode = '', flags] = [fields[6], fields[3]]
  const path = line.slice(line.indexOf(` ${inode} `) + inode.length + 2)
  return flags === ACCEPTS && path.startsWith('/') ? [{ inode, where: { path } }] : []
}

/** An address that is written as words of 32 bits, each in the byte order of this machine. */
function hostOf(hexadecimal: string): string {
  const bytes = Buffer.from(hexadecimal, 'hex')
  if (endianness() === 'LE') bytes.swap32()
  if (bytes.length === 4) return bytes.join('.')
  const groups = Array.from({ length: 8 }, (_, at) => bytes.readUInt16BE(2 * at).toString(16))
  return ipOf(groups.join(':')) ?? ''
}
