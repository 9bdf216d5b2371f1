import { lacksRoom } from '../data/disk.ts'
import { KIB } from '../data/sizes.ts'
import type { Store } from '../data/store.ts'

/** How long the last check of the disk counts; a fast disk writes tens of megabytes in that time. */
const LOOK_MILLISECONDS = 100
/** The default of mke2fs. */
const BYTES_PER_INODE = 16 * KIB

/** Throws Failure `full` when the disk has too little room left. What is left is for the outbox, the checkpoint and calls that free room. */
export type Room = () => Promise<void>

/** The check of a store that keeps `minFree` bytes free, and one inode for each 16 KiB of them. */
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
      // One check for all calls that come meanwhile.
      looking ??= look().finally(() => {
        looking = undefined
      })
      await looking
    }
    if (short !== undefined) throw lacksRoom(short)
  }
}
