// One thing: how bytes and names become durable, and the errors when they do not.
import { copyFile, type FileHandle, mkdir, open, rename, rm, writeFile } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import { Failure } from './failure.ts'

/** Only the owner may read the store. */
export const FILE_MODE = 0o600
export const DIRECTORY_MODE = 0o700
/** Longest path of a Unix socket in bytes: `sun_path` without its NUL. A longer path would be cut silently. */
export const LONGEST_PATH = 107

/**
 * A sync failed, so the written bytes may be lost. Retrying proves nothing, since Linux drops the pages that it could not write.
 * The code that catches this error must end the process.
 */
export class SyncFailed extends Error {
  readonly code: string | undefined
  constructor(cause: NodeJS.ErrnoException) {
    super(cause.message, { cause })
    this.name = 'SyncFailed'
    this.code = cause.code
  }
}

/** Whether the error says that no space is left, on the disk or in this user's quota. */
export function isFull({ code }: NodeJS.ErrnoException): boolean {
  return code !== undefined && ['ENOSPC', 'EDQUOT', 'EFBIG'].includes(code)
}

/** Failure `full`: nothing can be written, since the disk `what` (as in "is full"). */
export function lacksRoom(what: string): Failure {
  return new Failure('full', `The disk that holds the tickets ${what}; nothing was changed. Try again later.`)
}

/** Failure `full` for a write that the operating system refused, with its error as the cause. An error without a code is a bug and is given back unchanged. */
export function noRoom(cause: NodeJS.ErrnoException): Error {
  if (cause.code === undefined) return cause
  const what = isFull(cause) ? 'is full' : `cannot be written (${cause.code})`
  const failure = lacksRoom(what)
  failure.cause = cause
  return failure
}

/** For `catch`: gives undefined for a missing file and rethrows any other error. */
export function absent(error: NodeJS.ErrnoException): undefined {
  if (error.code !== 'ENOENT') throw error
}

/** Adds the path to a system error: for a file that is already open, the system does not name it. */
export function withPath(error: unknown, path: string): unknown {
  if (error instanceof Error && 'syscall' in error && !('path' in error) && !('address' in error))
    return Object.assign(error, { path })
  return error
}

/** Writes all bytes at an offset. Throws ENOSPC for a short write, which is the first sign of a full disk. */
export async function writeWhole(handle: FileHandle, bytes: Uint8Array, offset: number): Promise<void> {
  const { bytesWritten } = await handle.write(bytes, 0, bytes.length, offset)
  if (bytesWritten === bytes.length) return
  const error = new Error(`short write: ${bytesWritten} of ${bytes.length} bytes`)
  throw Object.assign(error, { code: 'ENOSPC' })
}

/** Makes the bytes of a file durable, before any of them were confirmed to anybody. Throws SyncFailed, or the system's error if the disk is full. */
export function syncFile(handle: FileHandle): Promise<void> {
  return synced(handle.datasync())
}

/** Makes the names in a directory durable: until then a power cut can lose a new or renamed file. Throws as `syncFile`. */
export async function syncDirectory(directory: string): Promise<void> {
  const handle = await open(directory, 'r')
  try {
    await synced(handle.sync())
  } finally {
    await handle.close()
  }
}

async function synced(sync: Promise<void>): Promise<void> {
  try {
    await sync
  } catch (error) {
    throw isFull(error as Error) ? error : new SyncFailed(error as Error)
  }
}

/** The path of a Unix socket in a directory. Throws Failure `invalid` if it is too long. */
export function socketIn(directory: string, name: string): string {
  const path = join(directory, name)
  if (Buffer.byteLength(path) <= LONGEST_PATH) return path
  throw new Failure('invalid', `${path} is too long for a socket; choose a state_dir with a shorter path.`)
}

/** Creates a directory and its missing parents, and makes their names durable. */
export async function makeDirectory(directory: string): Promise<void> {
  const path = resolve(directory)
  const first = await mkdir(path, { recursive: true, mode: DIRECTORY_MODE })
  // Also if the directory exists: the process that created it may have died before the sync.
  await syncDirectory(dirname(path)).catch(error => {
    // We may lack the right to read a parent directory that somebody else manages.
    if (first || error.code !== 'EACCES') throw error
  })
  if (!first) return
  for (let above = dirname(path); above.length >= first.length; above = dirname(above)) {
    await syncDirectory(dirname(above))
  }
}

/** In one array, or in pieces. */
type Bytes = Uint8Array | AsyncIterable<Uint8Array>

/** Creates a file completely or not at all, with its bytes and its name durable. `temporary` is an unused path in the same directory. */
export async function writeDurably(path: string, temporary: string, bytes: Bytes): Promise<void> {
  await writeSynced(temporary, bytes)
  await renameDurably(temporary, path)
}

/** Creates a file and makes its bytes durable, but not its name. Removes it on failure. */
export async function writeSynced(path: string, bytes: Bytes): Promise<void> {
  const handle = await open(path, 'wx', FILE_MODE)
  try {
    await writeFile(handle, bytes)
    await syncFile(handle)
  } catch (error) {
    await rm(path, { force: true })
    throw error
  } finally {
    await handle.close()
  }
}

/** Renames a file, durably. Removes it on failure. */
export async function renameDurably(temporary: string, path: string): Promise<void> {
  await rename(temporary, path).catch(async error => {
    await rm(temporary, { force: true })
    throw error
  })
  await syncDirectory(dirname(path)).catch(async error => {
    // The next writer of the same file must not take a name for durable that may be lost.
    await rm(path, { force: true })
    throw error
  })
}

/** Copies a file; resolves when the bytes and the name of the copy are durable. */
export async function copyDurably(from: string, to: string): Promise<void> {
  await copyFile(from, to)
  const handle = await open(to, 'r')
  try {
    await syncFile(handle)
  } finally {
    await handle.close()
  }
  await syncDirectory(dirname(to))
}
