/** What a file system gives out at a time: ext4, XFS and btrfs alike, unless somebody chose otherwise. */
const BLOCK = 4096

/** How many bytes a file of so many bytes takes on the disk. An empty one counts as a block, too, since it has a name and an inode. */
export function onDisk(bytes: number): number {
  return Math.max(1, Math.ceil(bytes / BLOCK)) * BLOCK
}
