/** The bytes of a body while it arrives. */
export interface BodyBytes {
  add(chunk: Buffer): void
  drop(): void
  /** All bytes so far. */
  all(): Buffer
}

/** Collects up to `most` bytes. Beyond `large`, chunks are copied into one buffer at once, so that a large body is never in memory twice. */
export function bodyBytes(large: number, most: number): BodyBytes {
  let chunks: Buffer[] = []
  let place: Buffer | undefined
  let size = 0
  return {
    add: chunk => {
      if (!place && size + chunk.length > large) {
        place = Buffer.allocUnsafeSlow(most)
        for (let at = 0; chunks.length > 0; ) at += chunks.shift()!.copy(place, at)
      }
      if (place) chunk.copy(place, size)
      else chunks.push(chunk)
      size += chunk.length
    },
    drop: () => {
      chunks = []
      place = undefined
    },
    all: () => place?.subarray(0, size) ?? (chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks)),
  }
}
