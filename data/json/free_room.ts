import { statfs } from 'node:fs/promises'
import type { Free } from '../store.ts'

/** The free space on the disk of a directory. */
export async function freeOn(directory: string): Promise<Free> {
  const { bavail, bsize, files, ffree } = await statfs(directory)
  // A file system without a fixed number of inodes (btrfs) reports 0 inodes.
  return { bytes: bavail * bsize, files: files > 0 ? ffree : Number.POSITIVE_INFINITY }
}
