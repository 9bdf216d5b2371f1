import type { FileHandle } from 'node:fs/promises'

/** Larger ones outlive the first round of garbage collection, which made a start half as slow again. */
const CHUNK_BYTES = 256 * 1024

/** How the files of the store are read: in pieces, since one string or buffer of all of it has a limit. */
export const chunked = { highWaterMark: CHUNK_BYTES }

/** Joins the chunks of a file to runs of whole lines; only the last run may end without a line feed. */
export async function* wholeLines(chunks: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  let rest: Buffer[] = []
  for await (const chunk of chunks) {
    const end = chunk.lastIndexOf(10) + 1
    rest.push(end ? chunk.subarray(0, end) : chunk)
    if (!end) continue
    yield Buffer.concat(rest)
    rest = end < chunk.length ? [chunk.subarray(end)] : []
  }
  if (rest.length) yield Buffer.concat(rest)
}

/**
 * Reads a file as runs of whole lines; only the last may end without a line feed. All of them in the same memory, so that each is good
 * until the next: buffers of their own would leave a hundred megabytes behind a large file.
 */
export async function* readRuns(handle: FileHandle): AsyncGenerator<Buffer> {
  let buffer = Buffer.allocUnsafe(CHUNK_BYTES)
  let filled = 0
  for (;;) {
    if (filled === buffer.length) buffer = Buffer.concat([buffer], 2 * buffer.length)
    const { bytesRead } = await handle.read(buffer, filled, buffer.length - filled)
    if (bytesRead === 0) break
    filled += bytesRead
    const end = buffer.lastIndexOf(10, filled - 1) + 1
    if (!end) continue
    yield buffer.subarray(0, end)
    buffer.copyWithin(0, end, filled)
    filled -= end
  }
  if (filled) yield buffer.subarray(0, filled)
}
