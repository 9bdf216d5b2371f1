// One thing: how bytes and names become durable, and what the system says where they do not.
import { copyFile, type FileHandle, mkdir, open, rename, rm, writeFile } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import { Failure } from './failure.ts'

/** Only the owner may look at what the store keeps. */
export const FILE_MODE = 0o600
export const DIRECTORY_MODE = 0o700
/** The longest path that a unix socket can have, in bytes: `sun_path` without its NUL. What is longer would be cut without a word. */
export const LONGEST_PATH = 107

/**
 * The disk could not say that it holds what was written, and a second try would tell nothing: Linux forgets what it could not
 * write. Whoever catches it must end the process.
 */
export class SyncFailed extends Error {
  readonly code: string | undefined
  constructor(cause: NodeJS.ErrnoException) {
    super(cause.message, { cause })
    this.name = 'SyncFailed'
    this.code = cause.code
  }
}

/** Whether there is no room left, on the disk or for this user. */
export function isFull({ code }: NodeJS.ErrnoException): boolean {
  return code !== undefined && ['ENOSPC', 'EDQUOT', 'EFBIG'].includes(code)
}

/** The refusal for a write that the operating system refused, with its error as the cause. An error without a code is a bug, and comes back as it is. */
export function noRoom(cause: NodeJS.ErrnoException): Error {
  if (cause.code === undefined) return cause
  const what = isFull(cause) ? 'is full' : `cannot be written (${cause.code})`
  const failure = new Failure(
    'full',
    `The disk that holds the tickets ${what}; nothing was changed. Try again later.`,
  )
  failure.cause = cause
  return failure
}

/** For `catch`: a file that is not there is undefined, any other error goes on. */
export function absent(error: NodeJS.ErrnoException): undefined {
  if (error.code !== 'ENOENT') throw error
}

/** The error with the path of its file: of one that is open already the system does not say which it could not read or write. */
export function withPath(error: unknown, path: string): unknown {
  if (error instanceof Error && 'syscall' in error && !('path' in error) && !('address' in error))
    return Object.assign(error, { path })
  return error
}

/** Writes all of the bytes at an offset. A full disk answers first with a short write, which is no error by itself: here it is one. */
export async function writeWhole(handle: FileHandle, bytes: Uint8Array, offset: number): Promise<void> {
  const { bytesWritten } = await handle.write(bytes, 0, bytes.length, offset)
  if (bytesWritten === bytes.length) return
  const error = new Error(`short write: ${bytesWritten} of ${bytes.length} bytes`)
  throw Object.assign(error, { code: 'ENOSPC' })
}

/** Makes the bytes of a file that nobody has been promised yet durable. Throws SyncFailed, or what says that there is no room. */
export function syncFile(handle: FileHandle): Promise<void> {
  return synced(handle.datasync())
}

/** Makes the names in a directory durable: a new or renamed file is lost with the power until this is done. Throws as `syncFile`. */
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

/** The path of a unix socket in a directory. Throws Failure `invalid` where it would be too long for one. */
export function socketIn(directory: string, name: string): string {
  const path = join(directory, name)
  if (Buffer.byteLength(path) <= LONGEST_PATH) return path
  throw new Failure('invalid', `${path} is too long for a socket; choose a state_dir of fewer characters.`)
}

/** Makes a directory where there is none, with those above it, and their names durable. */
export async function makeDirectory(directory: string): Promise<void> {
  const path = resolve(directory)
  const first = await mkdir(path, { recursive: true, mode: DIRECTORY_MODE })
  // Its own name also where it was there already: whoever made it may have died before this.
  await syncDirectory(dirname(path)).catch(error => {
    // A directory that others manage need not let us look into it.
    if (first || error.code !== 'EACCES') throw error
  })
  if (!first) return
  for (let above = dirname(path); above.length >= first.length; above = dirname(above)) {
    await syncDirectory(dirname(above))
  }
}

/** At once, or one piece after the other. */
type Bytes = Uint8Array | AsyncIterable<Uint8Array>

/** Makes a file whole or not at all, with its bytes and its name durable. `temporary` is a name beside it that nobody else uses. */
export async function writeDurably(path: string, temporary: string, bytes: Bytes): Promise<void> {
  await writeSynced(temporary, bytes)
  await renameDurably(temporary, path)
}

/** Makes a new file with its bytes durable; its name is not yet. Nothing is left of it where that fails. */
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

/** Gives a file its name, durably. Nothing is left of it where that fails. */
export async function renameDurably(temporary: string, path: string): Promise<void> {
  await rename(temporary, path).catch(async error => {
    await rm(temporary, { force: true })
    throw error
  })
  await syncDirectory(dirname(path)).catch(async error => {
    // A name that may not last must not look to the next writer of the same file as if it did.
    await rm(path, { force: true })
    throw error
  })
}

/** Copies a file within its directory; resolves when bytes and name are durable. */
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
