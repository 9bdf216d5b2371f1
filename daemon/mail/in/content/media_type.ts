import { extendedParam } from './extended_param.ts'
import { headerParams } from './header_params.ts'

/** A Content-Type, with the parameters of texts. The charset is as written, as bytes in Latin-1. */
export interface MediaType {
  /** Type and subtype in lower case; empty if the field is. */
  readonly type: string
  readonly charset: string | undefined
  /** In lower case (RFC 3676). */
  readonly format: string | undefined
  /** In lower case (RFC 3676). */
  readonly delsp: string | undefined
}

/** Reads a Content-Type (RFC 2045 5.1), given as bytes in Latin-1, unfolded. What follows a blank in the type is ignored. */
export function mediaType(raw: string): MediaType {
  const header = headerParams(raw)
  const param = (name: string) => extendedParam(header, name)?.bytes ?? header.params.get(name)
  return {
    type: (header.value.split(/[\s(]/, 1)[0] ?? '').toLowerCase(),
    charset: param('charset'),
    format: param('format')?.toLowerCase(),
    delsp: param('delsp')?.toLowerCase(),
  }
}
