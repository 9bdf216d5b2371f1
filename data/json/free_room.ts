import { statfs } from 'node:fs/promises'
import type { Free } from '../store.ts'

/** What is free on the disk of a directory. */
export async function freeOn(directory: string): Promise<Free> {
  const { bavail, bsize, files, ffree } = await statfs(directory)
  // A file system without a fixed number of inodes says that it has none at all.
  return { bytes: bavail * bsize, files: files > 0 ? ffree : Number.POSITIVE_INFINITY }
}
