import type { FileHandle } from 'node:fs/promises'
import { KIB } from '../sizes.ts'

/** Larger chunks survive the first garbage collection, which made a start 50 % slower. */
const CHUNK_BYTES = 256 * KIB
/** Bytes for each read into a reused buffer. */
const RUN_BYTES = 512 * KIB

/** Read options for the files of the store: in chunks, since strings and buffers have a maximum size. */
export const chunked = { highWaterMark: CHUNK_BYTES }

/** Joins the chunks of a file into runs of whole lines; only the last run may end without a line feed. */
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
 * Reads a file as runs of whole lines; only the last may end without a line feed. The next run is read while one is processed. Two
 * buffers are reused, so a run is valid until the next one, and may be overwritten: a new buffer for each run of a large file would
 * leave 100 MB of garbage.
 */
export async function* readRuns(handle: FileHandle): AsyncGenerator<Buffer> {
  let [buffer, other] = [Buffer.allocUnsafe(RUN_BYTES), Buffer.allocUnsafe(RUN_BYTES)]
  let filled = (await handle.read(buffer, 0, buffer.length)).bytesRead
  while (filled > 0) {
    const end = buffer.lastIndexOf(10, filled - 1) + 1
    const rest = filled - end
    if (other.length < rest + RUN_BYTES) other = Buffer.allocUnsafe(2 * (rest + RUN_BYTES))
    buffer.copy(other, 0, end, filled)
    const reading = handle.read(other, rest, other.length - rest)
    reading.catch(() => {})
    if (end > 0) yield buffer.subarray(0, end)
    const { bytesRead } = await reading
    if (bytesRead === 0) {
      if (rest > 0) yield other.subarray(0, rest)
      return
    }
    ;[buffer, other] = [other, buffer]
    filled = rest + bytesRead
  }
}
