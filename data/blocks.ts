/** The usual block of ext4, XFS and btrfs. */
const BLOCK = 4096

/** How many bytes a file of so many bytes takes on the disk. An empty one counts as a block, for its name and its inode. */
export function onDisk(bytes: number): number {
  return Math.max(1, Math.ceil(bytes / BLOCK)) * BLOCK
}
