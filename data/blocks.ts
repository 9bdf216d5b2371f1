/** The usual block of ext4, XFS and btrfs. */
const BLOCK = 4096

/** Disk space in bytes that a file of this size takes. An empty file counts as one block, for its name and its inode. */
export function onDisk(bytes: number): number {
  return Math.max(1, Math.ceil(bytes / BLOCK)) * BLOCK
}
