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
