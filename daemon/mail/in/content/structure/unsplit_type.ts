import libmime from 'libmime'
import { quotedString } from '../../../../../data/quoted_string.ts'
import { headerParams } from '../header_params.ts'

/** In characters; no Content-Type is as long. */
const LONGEST = 2000
const MULTIPART = /^multipart\//i
const TYPE = /^[^\s()"\\;]*/
/** A name that every program reads alike (RFC 2045 5.1). */
const TOKEN = /^[!#$%&'*+\-.^_`|~0-9a-z]+$/
const BOUNDARY = /^boundary(?:\*|$)/

/**
 * A Content-Type without its boundary, if mailparser would split what is no multipart: it splits whatever has a boundary, but only a
 * multipart has parts (RFC 2046 5.1). Undefined if it would not. Takes and gives bytes in Latin-1, unfolded.
 */
export function unsplitType(type: string): string | undefined {
  // As mailparser reads it.
  const { value, params } = libmime.parseHeaderValue(type, { stripComments: true })
  if (!params.boundary?.trimEnd() || MULTIPART.test(value)) return undefined
  // libmime would decode the other parameters.
  const kept = [...headerParams(type.slice(0, LONGEST)).params].filter(
    ([name]) => TOKEN.test(name) && !BOUNDARY.test(name),
  )
  const written = kept.map(([name, text]) => `; ${name}=${quotedString(text)}`)
  return `${TYPE.exec(value)![0]}${written.join('')}`
}
