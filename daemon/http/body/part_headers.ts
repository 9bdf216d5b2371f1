import { isUtf8 } from 'node:buffer'
import { KIB } from '../../../data/sizes.ts'
import { placeOf } from './parameters.ts'

const BOUNDARY = /;[ \t]*boundary=(?:"([^"]*)"|([^;"\s]*))/i
const HEADER_END = '\r\n\r\n'
/** The limit for the headers of a part, in bytes. */
export const LONGEST_HEADER = 16 * KIB
/** The encoding that clients call Latin-1 (encoding.spec.whatwg.org/#names-and-labels). */
const latin1 = new TextDecoder('windows-1252')

/**
 * A multipart body in pieces: each has at most `most` bytes, or is the headers of a part. Headers that are not UTF-8 are read as Latin-1,
 * which old clients use for file names, and given in UTF-8.
 */
export function* piecesInUtf8(bytes: Buffer, contentType: string, most: number): Generator<Buffer> {
  const [, quoted, bare] = BOUNDARY.exec(contentType) ?? []
  const boundary = quoted || bare
  if (!boundary || isUtf8(bytes)) return yield* cut(bytes, 0, bytes.length, most)
  const delimiter = Buffer.from(`\r\n--${boundary}\r\n`, 'latin1')
  const first = delimiter.subarray(2)
  let begin = bytes.subarray(0, first.length).equals(first) ? first.length : behind(delimiter, bytes, 0)
  let end = 0
  for (let at = 0; at < bytes.length; begin = behind(delimiter, bytes, at)) {
    yield* cut(bytes, at, begin, most)
    // Search again only beyond the last end: otherwise a body without one would cost quadratic time.
    if (end < begin) end = placeOf(HEADER_END, bytes, begin)
    at = end - begin > LONGEST_HEADER ? begin : end
    const header = bytes.subarray(begin, at)
    if (header.length > 0) yield isUtf8(header) ? header : Buffer.from(latin1.decode(header))
  }
}

/** The place after the next delimiter; the end if there is none. */
function behind(delimiter: Buffer, bytes: Buffer, from: number): number {
  return Math.min(placeOf(delimiter, bytes, from) + delimiter.length, bytes.length)
}

function* cut(bytes: Buffer, from: number, to: number, most: number): Generator<Buffer> {
  for (let at = from; at < to; at += most) yield bytes.subarray(at, Math.min(at + most, to))
}
