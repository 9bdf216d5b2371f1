import type { Pieces } from './store.ts'

/** The beginning of a stream of pieces. */
export interface Ahead {
  /** All bytes if they fit the limit; otherwise the beginning, longer than the limit. */
  readonly head: Uint8Array
  /** All bytes, piece by piece, to be read once; undefined if `head` has all. */
  readonly whole: Pieces | undefined
}

/** Reads pieces until they have more than `most` bytes, or end. The rest is read only when `whole` is read. */
export async function ahead(pieces: Pieces | Iterable<Uint8Array>, most: number): Promise<Ahead> {
  const source = Symbol.asyncIterator in pieces ? pieces[Symbol.asyncIterator]() : pieces[Symbol.iterator]()
  const read: Uint8Array[] = []
  let size = 0
  while (size <= most) {
    const { value, done } = await source.next()
    if (done) return { head: joined(read, size), whole: undefined }
    read.push(value)
    size += value.length
  }
  return { head: joined(read, size), whole: behind(read, source) }
}

async function* behind(read: Uint8Array[], source: AsyncIterator<Uint8Array> | Iterator<Uint8Array>): Pieces {
  try {
    // `shift` frees each piece as soon as it is yielded.
    for (let piece = read.shift(); piece; piece = read.shift()) yield piece
    for (let next = await source.next(); !next.done; next = await source.next()) yield next.value
  } finally {
    await source.return?.()
  }
}

function joined(pieces: readonly Uint8Array[], size: number): Uint8Array {
  if (pieces.length === 1) return pieces[0]!
  const bytes = new Uint8Array(size)
  let at = 0
  for (const piece of pieces) {
    bytes.set(piece, at)
    at += piece.length
  }
  return bytes
}
