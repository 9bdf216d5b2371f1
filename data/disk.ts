import { copyFile, type FileHandle, open, rename, rm } from 'node:fs/promises'
import { dirname } from 'node:path'
import { Failure } from './failure.ts'

/** Only the owner may look at what the store keeps. */
export const FILE_MODE = 0o600
export const DIRECTORY_MODE = 0o700

/** Whether there is no room left, on the disk or for this user. */
export function isFull({ code }: NodeJS.ErrnoException): boolean {
  return code !== undefined && ['ENOSPC', 'EDQUOT', 'EFBIG'].includes(code)
}

/** The refusal where the disk did not take what was to be kept; `cause` says why. */
export function noRoom(cause: NodeJS.ErrnoException): Failure {
  const what = isFull(cause) || cause.code === undefined ? 'is full' : `cannot be written (${cause.code})`
  const failure = new Failure(
    'full',
    `The disk that holds the tickets ${what}; nothing was changed. Try again later.`,
  )
  failure.cause = cause
  return failure
}

/** Writes all of the bytes at an offset. A short write does not throw by itself (a full disk gives one first), so it does here. */
export async function writeWhole(handle: FileHandle, bytes: Uint8Array, offset: number): Promise<void> {
  const { bytesWritten } = await handle.write(bytes, 0, bytes.length, offset)
  if (bytesWritten < bytes.length) throw new Error(`short write: ${bytesWritten} of ${bytes.length} bytes`)
}

/** Makes the names in a directory durable: a new or renamed file is lost with the power until this is done. */
export async function syncDirectory(directory: string): Promise<void> {
  const handle = await open(directory, 'r')
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}

/** Makes a file whole or not at all, with its bytes and its name durable. `temporary` is a name beside it that nobody else uses. */
export async function writeDurably(path: string, temporary: string, bytes: Uint8Array): Promise<void> {
  try {
    const handle = await open(temporary, 'wx', FILE_MODE)
    try {
      await handle.writeFile(bytes)
      await handle.datasync()
    } finally {
      await handle.close()
    }
    await rename(temporary, path)
    await syncDirectory(dirname(path)).catch(async error => {
      // A name that may not last must not look to the next writer of the same file as if it did.
      await rm(path, { force: true })
      throw error
    })
  } catch (error) {
    await rm(temporary, { force: true })
    throw error
  }
}

/** Copies a file within its directory; resolves when bytes and name are durable. */
export async function copyDurably(from: string, to: string): Promise<void> {
  await copyFile(from, to)
  const handle = await open(to, 'r')
  try {
    await handle.datasync()
  } finally {
    await handle.close()
  }
  await syncDirectory(dirname(to))
}
