import { statfs } from 'node:fs/promises'
import { Failure } from '../data/failure.ts'
import type { Pieces, Store } from '../data/store.ts'

/** How old a look at the disk may be: a fast disk takes tens of megabytes meanwhile. */
const LOOK_MILLISECONDS = 100

/** Throws Failure `full` when the disk has less than `minFree` bytes left: the outbox, the checkpoint and what frees room go on with them. */
export type Room = () => Promise<void>

export function roomOn(directory: string, minFree: number): Room {
  let looked = Number.NEGATIVE_INFINITY
  let free = Number.POSITIVE_INFINITY
  let looking: Promise<void> | undefined
  const look = async () => {
    const { bavail, bsize } = await statfs(directory)
    free = bavail * bsize
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
    if (free < minFree) {
      throw new Failure(
        'full',
        'The disk that holds the tickets is nearly full; nothing was changed. Try again later.',
      )
    }
  }
}

/**
 * The store as the doors see it: files that come in need room, and may come to so many bytes together. What commands add is asked for
 * in `call`, since some add nothing.
 */
export function withRoom(store: Store, room: Room, mostBytes: number): Store {
  return {
    read: work => store.read(work),
    transact: work => store.transact(work),
    watch: (table, wake) => store.watch(table, wake),
    files: {
      put: async bytes => {
        await room()
        const left = mostBytes - (await store.files.size())
        if (!(bytes instanceof Uint8Array)) return store.files.put(fitting(bytes, left, room))
        if (bytes.length > left) throw filesFull()
        return store.files.put(bytes)
      },
      get: name => store.files.get(name),
      stream: name => store.files.stream(name),
      size: () => store.files.size(),
    },
    close: () => store.close(),
  }
}

/** Hands on pieces as long as there is room for them. */
async function* fitting(pieces: Pieces, most: number, room: Room): Pieces {
  let left = most
  for await (const piece of pieces) {
    await room()
    left -= piece.length
    if (left < 0) throw filesFull()
    yield piece
  }
}

function filesFull(): Failure {
  return new Failure(
    'full',
    'The files take all the room that limits.files gives them; nothing was changed. Delete tickets, or have it raised.',
  )
}
