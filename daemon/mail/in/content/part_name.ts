import { VISIBLE } from '../../../../data/invisible.ts'
import { decodeText } from './charset/decode.ts'
import { headerText } from './charset/header_words.ts'
import { extendedParam } from './extended_param.ts'
import { type HeaderParams, headerParams } from './header_params.ts'

/**
 * The name of a part, from its Content-Disposition and Content-Type, both as bytes in Latin-1, unfolded; undefined if none is visible.
 * `filename` before `name`, and the extended form (RFC 2231, RFC 6266 4.3) before the plain one, which may have encoded words or any
 * bytes. `others` are the charsets of the mail's other parts.
 *
 * Not by `parseHeaderValue` of libmime: it decodes extended values itself, so that a wrong charset or a cut character becomes U+FFFD.
 */
export function partName(
  disposition: string | undefined,
  type: string | undefined,
  others: readonly string[],
): string | undefined {
  return nameIn(disposition, 'filename', others) ?? nameIn(type, 'name', others)
}

function nameIn(raw: string | undefined, name: string, others: readonly string[]): string | undefined {
  if (raw === undefined) return
  const header = headerParams(raw)
  return [extendedName(header, name, others), plainName(header, name, others)].find(
    found => found !== undefined && VISIBLE.test(found),
  )
}

function extendedName(header: HeaderParams, name: string, others: readonly string[]): string | undefined {
  const found = extendedParam(header, name)
  if (found === undefined) return
  const { bytes, charset } = found
  return charset === undefined
    ? headerText(bytes, others).text
    : decodeText(Buffer.from(bytes, 'latin1'), charset, others).text
}

function plainName({ params }: HeaderParams, name: string, others: readonly string[]): string | undefined {
  const value = params.get(name)
  return value === undefined ? undefined : headerText(value, others).text
}
