import { Failure, shown } from '../../data/failure.ts'
import { blanked, blankedBytes, withoutSecrets } from '../../data/secret_words.ts'
import { noSuchParameter } from '../../handlers/command/unknown_parameter.ts'
import { type Method, namedParam } from '../../handlers/method.ts'
import type { Body, SentValue } from './body/parameters.ts'
import type { LoginKeys } from './credentials.ts'
import { takesFiles } from './docs/site.ts'
import { STRICTLY } from './preferences.ts'
import { UPLOAD_FIELD } from './upload_field.ts'

/** How many characters of unknown names of parameters the response repeats: of each, and in all. */
const LONGEST_NAME = 40
const LONGEST_NAMES = 1000
/** PHP cannot repeat a name, and appends numbers in brackets. */
const uploadField = new RegExp(`^${UPLOAD_FIELD}(?:\\[[0-9]*\\])?$`)

/** The part of a body that is for the method. */
export interface Sifted {
  readonly params: Record<string, SentValue>
  readonly uploads: Body['uploads']
  /** The names of the rest, as X-Ignored-Parameters shows them. */
  readonly ignored: readonly string[]
}

/**
 * Removes parameters that the method does not have, and blanks the password or token of the request in texts. Throws Failure `invalid` for
 * a repeated key, a file in a field that is not for files, and a text in the field for files.
 */
export function sift(method: Method, body: Body, { user, password }: LoginKeys, secret: string): Sifted {
  refuseRepeats(body)
  const params: Record<string, SentValue> = {}
  const uploads: Body['uploads'][number][] = []
  const ignored = new Set<string>()
  for (const [name, value] of Object.entries(body.params)) {
    if (name === user || name === password) continue
    const kind = namedParam(method, name)
    if (kind) params[name] = kind.words ? withoutLogin(value, secret) : value
    else if (value !== '' && takesFiles(method) && uploadField.test(name)) throw noFile(name)
    else ignored.add(name)
  }
  for (const upload of body.uploads) {
    const filename = blanked(upload.filename ?? '', secret) || undefined
    if (takesFiles(method) && uploadField.test(upload.field)) uploads.push({ ...upload, filename })
    else if (namedParam(method, upload.field)) throw noText(upload.field)
    else if (takesFiles(method)) throw misplaced(upload.field)
    else ignored.add(upload.field)
  }
  return { params, uploads, ignored: told([...ignored], secret) }
}

/** A file must not get lost although the response is 200. */
function misplaced(field: string): Failure {
  return new Failure(
    'invalid',
    `The field ${shown(field)} takes no file; send the file in the field ${UPLOAD_FIELD}.`,
    { parameter: field },
  )
}

function noText(field: string): Failure {
  return new Failure(
    'invalid',
    `${shown(field)} was sent as a file; send it as a text, without a file name.`,
    {
      parameter: field,
    },
  )
}

function noFile(field: string): Failure {
  return new Failure(
    'invalid',
    `${shown(field)} was sent as a text; send it as a file, in multipart/form-data with a file name, or in a list of a JSON body.`,
    { parameter: field },
  )
}

function withoutLogin(value: SentValue, secret: string): SentValue {
  if (typeof value === 'string') return blanked(value, secret)
  return value instanceof Uint8Array ? blankedBytes(value, secret) : value
}

/** Throws Failure `invalid` if one of `keys`, or without `keys` any key, was sent more than once. */
export function refuseRepeats({ repeated }: Body, keys?: readonly string[]): void {
  const twice = repeated.find(key => keys?.includes(key) ?? true)
  if (twice !== undefined)
    throw new Failure('invalid', `${shown(twice)} is sent more than once; send it once.`, {
      parameter: twice,
    })
}

/** Names for a header: percent-encoded, each of them cut, and the list cut. */
function told(names: readonly string[], secret: string): readonly string[] {
  const list: string[] = []
  let size = 0
  for (const name of names.map(one => withoutSecrets(blanked(one, secret)))) {
    const cut = [...name.slice(0, LONGEST_NAME * 2)].slice(0, LONGEST_NAME).join('')
    const encoded = encodeURIComponent(cut) + (cut.length < name.length ? '...' : '')
    size += encoded.length
    if (size > LONGEST_NAMES) return [...list, '...']
    list.push(encoded)
  }
  return list
}

/** The refusal of the parameters in `ignored`, for a client that asks for it. */
export function notHad(method: Method, ignored: Sifted['ignored']): Failure {
  return noSuchParameter(method, ignored.join(', '), decodeURIComponent(ignored[0]!))
}

/** The headers about unknown parameters: their names, and that they would have been refused. */
export function paramHeaders(
  ignored: Sifted['ignored'] | undefined,
  strict: boolean,
): Readonly<Record<string, string>> {
  return {
    ...(ignored === undefined ? {} : { 'X-Ignored-Parameters': ignored.join(', ') }),
    ...(strict ? STRICTLY : {}),
  }
}
