/** A file that was written into a text; the name is as written there. */
export interface UuencodedFile {
  readonly filename: string
  readonly content: Uint8Array
}

/** Where a file stands in a text, with the line of `begin` and that of `end`. */
interface Place {
  readonly filename: string
  readonly data: number
  readonly size: number
  readonly end: number
}

const BEGIN = /^begin [0-7]{3,4} (\S.{0,254})$/
const BEGIN_WORD = 'begin '
const LONGEST_BEGIN = 300
const END = 'end'
const MOST_FILES = 100
/** Data characters; each stands for six bits. */
const FIRST = 32
const LAST = 96
const MASK = 63
/** Four characters mean three bytes. */
const GROUP = 4
const GROUP_BYTES = 3
/** Some encoders add a check sum to each line. */
const MOST_EXTRA = 2

/**
 * Takes uuencoded files out of a text whose lines end with line feeds (POSIX uuencode: `begin MODE NAME`, lines of data, `end`). Without
 * data, or the line that says that the file is empty, after `begin` it is prose and stays; without `end`, the file ends at the first line that is no data. At most 100 are taken out.
 */
export function withoutUuencoded(text: string): { readonly text: string; readonly files: UuencodedFile[] } {
  const files: UuencodedFile[] = []
  const kept: string[] = []
  let from = 0
  for (let at = nextBegin(text, 0); at >= 0 && files.length < MOST_FILES; ) {
    const place = placeAt(text, at)
    if (place !== undefined) {
      kept.push(text.slice(from, at))
      files.push({ filename: place.filename, content: decoded(text, place) })
      from = place.end
      // The empty line after it would be the second one.
      if (text[from] === '\n' && text.endsWith('\n\n', at)) from++
    }
    at = nextBegin(text, place?.end ?? at + BEGIN_WORD.length)
  }
  return { text: files.length > 0 ? kept.join('') + text.slice(from) : text, files }
}

/** The bytes of a part with Content-Transfer-Encoding x-uuencode; undefined if no file is in it. */
export function uudecoded(part: Uint8Array): Uint8Array | undefined {
  const text = Buffer.from(part.buffer, part.byteOffset, part.byteLength).toString('latin1')
  for (let at = nextBegin(text, 0); at >= 0; at = nextBegin(text, at + BEGIN_WORD.length)) {
    const place = placeAt(text, at)
    if (place !== undefined) return decoded(text, place)
  }
  return undefined
}

/** The index of the next line that starts like a file; -1 if there is none. */
function nextBegin(text: string, from: number): number {
  for (let at = text.indexOf(BEGIN_WORD, from); at >= 0; at = text.indexOf(BEGIN_WORD, at + 1))
    if (at === 0 || text[at - 1] === '\n') return at
  return -1
}

function placeAt(text: string, begin: number): Place | undefined {
  const data = lineEnd(text, begin)
  if (data - begin > LONGEST_BEGIN) return undefined
  const filename = BEGIN.exec(text.slice(begin, data).trimEnd())?.[1]
  if (filename === undefined) return undefined
  let size = 0
  let at = data
  for (let end = lineEnd(text, at); ; at = end, end = lineEnd(text, at)) {
    const bytes = bytesOf(text, at, end, size > 0 ? Number.POSITIVE_INFINITY : GROUP - 1)
    if (bytes === 0) break
    size += bytes
  }
  const end = endAfter(text, at)
  const isFile = size > 0 || end > lineEnd(text, at)
  return isFile ? { filename, data, size, end } : undefined
}

/** The index after the line of `end`, which may follow a line without data; `at` if there is none. */
function endAfter(text: string, at: number): number {
  const last = lineEnd(text, at)
  const line = text.slice(at, Math.min(last, at + GROUP)).trim()
  if (line === END) return last
  if (line !== '' && line !== '`') return at
  const next = lineEnd(text, last)
  return text.slice(last, Math.min(next, last + GROUP)).trim() === END ? next : at
}

/** The index after the line feed. */
function lineEnd(text: string, from: number): number {
  const found = text.indexOf('\n', from)
  return found < 0 ? text.length : found + 1
}

/** The number of bytes of a line of data; 0 if it is none. Blanks at its end may be missing; on the first line those that fill a group. */
function bytesOf(text: string, from: number, end: number, mostMissing: number): number {
  let last = end
  while (last > from && (text[last - 1] === '\n' || text[last - 1] === '\r')) last--
  const bytes = (text.charCodeAt(from) - FIRST) & MASK
  const needed = 1 + Math.ceil(bytes / GROUP_BYTES) * GROUP
  const length = last - from
  if (length === 0 || length > needed + MOST_EXTRA || needed - length > mostMissing) return 0
  for (let at = from; at < last; at++) {
    const code = text.charCodeAt(at)
    if (code < FIRST || code > LAST) return 0
  }
  return bytes
}

function decoded(text: string, { data, size }: Place): Uint8Array {
  const content = new Uint8Array(size)
  let length = 0
  for (let from = data; length < size; from = lineEnd(text, from)) {
    const end = lineEnd(text, from)
    const last = length + ((text.charCodeAt(from) - FIRST) & MASK)
    for (let at = from + 1; length < last; at += GROUP) {
      let bits = 0
      for (let one = at; one < at + GROUP; one++) bits = (bits << 6) | sixBits(text, one, end)
      for (let shift = 16; shift >= 0 && length < last; shift -= 8) content[length++] = bits >> shift
    }
  }
  return content
}

/** A blank that is missing at the end of the line means nothing but zeros. */
function sixBits(text: string, at: number, end: number): number {
  const code = at < end ? text.charCodeAt(at) : FIRST
  return code < FIRST ? 0 : (code - FIRST) & MASK
}
