import libmime from 'libmime'
import { KIB } from '../../../../data/sizes.ts'
import { firstOf, type Headers, readHeaders } from '../headers.ts'
import { type Delimiter, Delimiters } from './delimiters.ts'
import { TOO_MANY_PARTS } from './parts.ts'

/** A mail that mailparser reads as its sender meant it, and what was wrong with it, each as a clause: "it has no header". */
export interface Mended {
  readonly bytes: Buffer
  readonly headers: Headers
  readonly faults: readonly string[]
}

/** The boundary for delimiters without a name. */
const NAMELESS = 'nameless'
const NO_HEADER = 'it has no header'
const NO_END = 'a header in it does not end as it should'
const NO_PARTS = 'it does not say where its parts begin'
const INCOMPLETE = 'its end is missing'
const NO_BASE64 = /[^A-Za-z0-9+/=]+/g
/** mailparser gives up, and gives nothing, beyond 1,000. */
const MOST_PARTS = 900
/** At the beginning of a delimiter. */
const HYPHENS = 2
/** In bytes: so much of base64 is looked at together. */
const CHUNK = 64 * KIB
const NOTHING = Buffer.alloc(0)

/**
 * Mends the structure of a mail by inserting lines, since mailparser drops what it cannot tell apart: an empty line after each header block
 * that has none, and a Content-Type with the right boundary, or text/plain, where the boundary is missing, empty or never comes.
 */
export function mended(raw: Buffer): Mended {
  return new Mending(raw).result()
}

class Mending {
  readonly #raw: Buffer
  readonly #delimiters: Delimiters
  readonly #boundaries = new Set<string>()
  readonly #inserted: { readonly at: number; readonly text: string }[] = []
  readonly #faults = new Set<string>()
  readonly #headers: Headers
  #end: number

  constructor(raw: Buffer) {
    this.#raw = raw
    this.#end = raw.length
    this.#headers = readHeaders(raw)
    this.#delimiters = new Delimiters(isMultipart(this.#headers) ? raw : NOTHING)
    let parts = 0
    let last = this.#header(this.#headers, 0)
    for (const delimiter of this.#delimiters.all) {
      const isOpening = this.#boundaries.has(delimiter.name)
      if (!isOpening && !this.#closes(delimiter)) continue
      if (isOpening && ++parts > MOST_PARTS) {
        this.#end = delimiter.nameAt - HYPHENS
        this.#faults.add(TOO_MANY_PARTS)
        return
      }
      if (delimiter.name === '' || delimiter.name === '--')
        this.#inserted.push({ at: delimiter.nameAt, text: NAMELESS })
      const { end } = delimiter
      last = isOpening ? this.#header(readHeaders(raw, end), end) : { bodyStart: raw.length, isBase64: false }
    }
    if (last.isBase64 && isIncomplete(raw, last.bodyStart)) this.#faults.add(INCOMPLETE)
  }

  result(): Mended {
    const pieces: Buffer[] = []
    let from = 0
    for (const { at, text } of this.#inserted) {
      pieces.push(this.#raw.subarray(from, at), Buffer.from(text, 'latin1'))
      from = at
    }
    const rest = this.#raw.subarray(from, this.#end)
    const bytes = pieces.length === 0 ? rest : Buffer.concat([...pieces, rest])
    const headers = pieces.length === 0 ? this.#headers : readHeaders(bytes)
    return { bytes, headers, faults: [...this.#faults] }
  }

  #closes({ name }: Delimiter): boolean {
    return name.endsWith('--') && this.#boundaries.has(name.slice(0, -2))
  }

  /** Mends the header block of the mail or of a part. */
  #header(headers: Headers, start: number): { readonly bodyStart: number; readonly isBase64: boolean } {
    const { bodyStart } = headers
    this.#type(headers, start)
    // A part may have nothing but its header.
    if (!headers.isProper && !isDelimiter(this.#raw, bodyStart)) {
      const isMissing = headers.block === ''
      this.#inserted.push({ at: bodyStart, text: '\r\n' })
      this.#faults.add(isMissing && start === 0 ? NO_HEADER : NO_END)
    }
    return { bodyStart, isBase64: /^base64\b/i.test(firstOf(headers, 'content-transfer-encoding') ?? '') }
  }

  /** Notes the boundary of a multipart, or puts a better Content-Type before the one that has no usable boundary. */
  #type(headers: Headers, start: number): void {
    if (!isMultipart(headers)) return
    const type = firstOf(headers, 'content-type')!
    // As mailparser reads it.
    const { value, params } = libmime.parseHeaderValue(type, { stripComments: true })
    const boundary = (params.boundary ?? '').trimEnd()
    if (boundary !== '' && this.#delimiters.has(boundary, headers.bodyStart)) {
      this.#boundaries.add(boundary)
      return
    }
    this.#faults.add(NO_PARTS)
    const better = this.#delimiters.partAfter(headers.bodyStart)
    if (better === undefined || this.#boundaries.has(better.name) || this.#closes(better)) {
      this.#inserted.push({ at: start, text: 'Content-Type: text/plain\r\n' })
      return
    }
    this.#boundaries.add(better.name)
    const name = better.name || NAMELESS
    this.#inserted.push({ at: start, text: `Content-Type: ${value}; boundary="${name}"\r\n` })
  }
}

function isMultipart(headers: Headers): boolean {
  return /^multipart\//i.test(firstOf(headers, 'content-type') ?? '')
}

function isDelimiter(raw: Buffer, at: number): boolean {
  return raw.toString('latin1', at, at + 2) === '--'
}

/** Whether base64 that goes on to the end of the mail stops inside a group of four characters (RFC 4648 4). */
function isIncomplete(raw: Buffer, start: number): boolean {
  let count = 0
  for (let at = start; at < raw.length; at += CHUNK)
    count += raw.toString('latin1', at, Math.min(at + CHUNK, raw.length)).replace(NO_BASE64, '').length
  return count % 4 !== 0
}
