import { statfs } from 'node:fs/promises'
import { Failure } from '../data/failure.ts'
import { KIB } from '../data/sizes.ts'

/** How old a look at the disk may be; a fast disk takes tens of megabytes in that time. */
const LOOK_MILLISECONDS = 100
/** So many bytes come to one inode where nobody chose otherwise (mke2fs). */
const BYTES_PER_INODE = 16 * KIB

/** Throws Failure `full` when the disk has too little room left: the outbox, the checkpoint and what frees room go on with that. */
export type Room = () => Promise<void>

/** Room on a disk that keeps `minFree` bytes, and as many inodes as come to them, free. */
export function roomOn(directory: string, minFree: number): Room {
  let looked = Number.NEGATIVE_INFINITY
  let short: string | undefined
  let looking: Promise<void> | undefined
  const look = async () => {
    const { bavail, bsize, files, ffree } = await statfs(directory)
    // A file system without a fixed number of inodes says that it has none at all.
    const lacksInodes = files > 0 && ffree < minFree / BYTES_PER_INODE
    short =
      bavail * bsize < minFree ? 'is nearly full' : lacksInodes ? 'has nearly no inodes left' : undefined
    looked = performance.now()
  }
  return async () => {
    if (performance.now() - looked > LOOK_MILLISECONDS) {
      // One look for all that come meanwhile.
      looking ??= look().finally(() => {
        looking = undefined
      })
      await looking
    }
    if (short === undefined) return
    throw new Failure(
      'full',
      `The disk that holds the tickets ${short}; nothing was changed. Try again later.`,
    )
  }
}
