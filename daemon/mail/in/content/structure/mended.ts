// One thing: the one pass over a mail that mends its structure and notes what is wrong with it.

import libmime from 'libmime'
import { firstOf, type Headers, readHeaders } from '../../headers.ts'
import { beginsAsProse, hasProse, isIncomplete } from './base64_body.ts'
import { type Delimiter, Delimiters } from './delimiters.ts'
import { isWrittenOutside } from './outside_parts.ts'
import { TOO_MANY_PARTS } from './parts.ts'
import { unsplitType } from './unsplit_type.ts'

/** A mail that mailparser reads as its sender meant it, and what was wrong with it, each as a clause: "it has no header". */
export interface Mended {
  readonly bytes: Buffer
  readonly headers: Headers
  readonly faults: readonly string[]
  /** Whether somebody wrote something before, between or after its parts, where mail programs show nothing. */
  readonly hasOutside: boolean
}

/** The boundary for delimiters without a name. */
const NAMELESS = 'nameless'
const NO_HEADER = 'it has no header'
const NO_END = 'a header in it does not end as it should'
const NO_PARTS = 'it does not say where its parts begin'
const INCOMPLETE = 'its end is missing'
const AFTER_END = 'it has parts after its end'
const NOT_BASE64 = 'something in it is not base64 as it says'
/** mailparser gives up, and gives nothing, beyond 1,000. */
const MOST_PARTS = 900
/** At the beginning of a delimiter. */
const HYPHENS = 2
const NOTHING = Buffer.alloc(0)

/** What follows a header block or a delimiter: `isOutside` if it is no part, which mail programs do not show. */
interface Body {
  readonly start: number
  readonly isBase64: boolean
  readonly isOutside: boolean
}

/**
 * Mends the structure of a mail by inserting lines, since mailparser drops what it cannot tell apart: an empty line after each header block
 * that has none, a Content-Type with the right boundary, or text/plain, where the boundary is missing, empty or never comes, one without a
 * boundary for what is no multipart, and another Content-Transfer-Encoding for prose that is not base64 as it says.
 */
export function mended(raw: Buffer): Mended {
  return new Mending(raw).result()
}

class Mending {
  readonly #raw: Buffer
  readonly #delimiters: Delimiters
  readonly #boundaries = new Set<string>()
  readonly #closed = new Set<string>()
  readonly #inserted: { readonly at: number; readonly text: string }[] = []
  readonly #faults = new Set<string>()
  readonly #headers: Headers
  #end: number
  #hasOutside = false

  constructor(raw: Buffer) {
    this.#raw = raw
    this.#end = raw.length
    this.#headers = readHeaders(raw)
    this.#delimiters = new Delimiters(isMultipart(this.#headers) ? raw : NOTHING)
    let parts = 0
    let body = this.#header(this.#headers, 0)
    for (const delimiter of this.#delimiters.all) {
      const { name, nameAt, end } = delimiter
      const isOpening = this.#boundaries.has(name)
      if (!isOpening && !this.#closes(delimiter)) continue
      if (isOpening && ++parts > MOST_PARTS) {
        this.#end = nameAt - HYPHENS
        this.#faults.add(TOO_MANY_PARTS)
        return
      }
      this.#check(body, nameAt - HYPHENS)
      if (name === '' || name === '--') this.#inserted.push({ at: nameAt, text: NAMELESS })
      if (isOpening && this.#closed.has(name)) this.#faults.add(AFTER_END)
      if (!isOpening) this.#closed.add(name.slice(0, -HYPHENS))
      body = isOpening
        ? this.#header(readHeaders(raw, end), end)
        : { start: end, isBase64: false, isOutside: true }
    }
    this.#check(body, raw.length)
    if (body.isBase64 && isIncomplete(raw, body.start)) this.#faults.add(INCOMPLETE)
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
    return { bytes, headers, faults: [...this.#faults], hasOutside: this.#hasOutside }
  }

  #closes({ name }: Delimiter): boolean {
    return name.endsWith('--') && this.#boundaries.has(name.slice(0, -2))
  }

  /** Notes what is lost of the body that ends here. */
  #check({ start, isBase64, isOutside }: Body, end: number): void {
    if (isOutside && isWrittenOutside(this.#raw, start, end)) this.#hasOutside = true
    if (isBase64 && hasProse(this.#raw, start, end)) this.#faults.add(NOT_BASE64)
  }

  /** Mends the header block of the mail or of a part. */
  #header(headers: Headers, start: number): Body {
    const { bodyStart } = headers
    const isOutside = this.#type(headers, start)
    const isBase64 = !isOutside && /^base64\b/i.test(firstOf(headers, 'content-transfer-encoding') ?? '')
    const isProse = isBase64 && beginsAsProse(this.#raw, bodyStart)
    if (isProse) {
      this.#inserted.push({ at: start, text: 'Content-Transfer-Encoding: 8bit\r\n' })
      this.#faults.add(NOT_BASE64)
    }
    // A part may have nothing but its header.
    if (!headers.isProper && !isDelimiter(this.#raw, bodyStart)) {
      const isMissing = headers.block === ''
      this.#inserted.push({ at: bodyStart, text: '\r\n' })
      this.#faults.add(isMissing && start === 0 ? NO_HEADER : NO_END)
    }
    return { start: bodyStart, isBase64: isBase64 && !isProse, isOutside }
  }

  /** Notes the boundary of a multipart, or puts a better Content-Type before the one that is there; gives whether parts follow. */
  #type(headers: Headers, start: number): boolean {
    const type = firstOf(headers, 'content-type') ?? ''
    if (!isMultipart(headers)) {
      const unsplit = unsplitType(type)
      if (unsplit !== undefined) this.#inserted.push({ at: start, text: `Content-Type: ${unsplit}\r\n` })
      return false
    }
    // As mailparser reads it.
    const { value, params } = libmime.parseHeaderValue(type, { stripComments: true })
    const boundary = (params.boundary ?? '').trimEnd()
    if (boundary !== '' && this.#delimiters.has(boundary, headers.bodyStart)) {
      this.#open(boundary)
      return true
    }
    this.#faults.add(NO_PARTS)
    const better = this.#delimiters.partAfter(headers.bodyStart)
    if (better === undefined || this.#boundaries.has(better.name) || this.#closes(better)) {
      this.#inserted.push({ at: start, text: 'Content-Type: text/plain\r\n' })
      return false
    }
    this.#open(better.name)
    const name = better.name || NAMELESS
    this.#inserted.push({ at: start, text: `Content-Type: ${value}; boundary="${name}"\r\n` })
    return true
  }

  #open(boundary: string): void {
    this.#boundaries.add(boundary)
    this.#closed.delete(boundary)
  }
}

function isMultipart(headers: Headers): boolean {
  return /^multipart\//i.test(firstOf(headers, 'content-type') ?? '')
}

function isDelimiter(raw: Buffer, at: number): boolean {
  return raw.toString('latin1', at, at + 2) === '--'
}
