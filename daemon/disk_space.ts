import { Failure } from '../data/failure.ts'
import { KIB } from '../data/sizes.ts'
import type { Store } from '../data/store.ts'

/** How old a look at the disk may be; a fast disk takes tens of megabytes in that time. */
const LOOK_MILLISECONDS = 100
/** So many bytes come to one inode where nobody chose otherwise (mke2fs). */
const BYTES_PER_INODE = 16 * KIB

/** Throws Failure `full` when the disk has too little room left: the outbox, the checkpoint and what frees room go on with that. */
export type Room = () => Promise<void>

/** Room in a store that keeps `minFree` bytes, and as many inodes as come to them, free. */
export function roomIn(store: Pick<Store, 'free'>, minFree: number): Room {
  let looked = Number.NEGATIVE_INFINITY
  let short: string | undefined
  let looking: Promise<void> | undefined
  const look = async () => {
    const { bytes, files } = await store.free()
    const lacksInodes = files < minFree / BYTES_PER_INODE
    short = bytes < minFree ? 'is nearly full' : lacksInodes ? 'has almost no inodes left' : undefined
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
