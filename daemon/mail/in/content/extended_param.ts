import type { HeaderParams } from './header_params.ts'

/** No mail program splits a value into more. */
const MOST_PIECES = 500

/** The bytes of a parameter in Latin-1, and the charset that it declares for them. */
export interface ExtendedParam {
  readonly bytes: string
  readonly charset: string | undefined
}

/** The parameter `name*` or `name*0`, `name*1` … of RFC 2231, joined and without percent signs. */
export function extendedParam({ params }: HeaderParams, name: string): ExtendedParam | undefined {
  const whole = params.get(`${name}*`)
  if (whole !== undefined) return declared(whole)
  let charset: string | undefined
  const pieces: string[] = []
  for (let index = 0; index < MOST_PIECES; index++) {
    const plain = params.get(`${name}*${index}`)
    const encoded = params.get(`${name}*${index}*`)
    if (plain === undefined && encoded === undefined) break
    const piece = encoded === undefined || index > 0 ? undefined : declared(encoded)
    charset ??= piece?.charset
    pieces.push(piece?.bytes ?? (encoded === undefined ? plain! : withoutPercents(encoded)))
  }
  return pieces.length === 0 ? undefined : { bytes: pieces.join(''), charset }
}

/** Some mail programs leave out `charset'language'`. */
function declared(value: string): ExtendedParam {
  const first = value.indexOf("'")
  const second = value.indexOf("'", first + 1)
  if (first < 0 || second < 0) return { bytes: withoutPercents(value), charset: undefined }
  return { bytes: withoutPercents(value.slice(second + 1)), charset: value.slice(0, first) || undefined }
}

function withoutPercents(value: string): string {
  return value.replace(/%([0-9a-f]{2})/gi, (_, code: string) =>
    String.fromCharCode(Number.parseInt(code, 16)),
  )
}
