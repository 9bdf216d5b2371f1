import { Failure, shown } from '../../../data/failure.ts'
import { UPLOAD_FIELD } from '../upload_field.ts'
import { decodeBase64 } from './base64.ts'
import type { Scanned } from './json_scan.ts'
import type { Body, SentText } from './parameters.ts'

type Uploads = Body['uploads']
const FIELDS = ['filename', 'content', 'mime_type']

/**
 * The files of a JSON body: a list of objects with `filename`, `content` in base64 and, if known, `mime_type`. Throws Failure `invalid`
 * for any other list.
 */
export async function jsonFiles(
  given: readonly unknown[],
  { strings }: Pick<Scanned, 'strings'>,
): Promise<Uploads> {
  const uploads: Uploads[number][] = []
  for (const [at, file] of given.entries()) {
    const { filename, content, mime_type = '' } = fieldsOf(file, at)
    const text = typeof content === 'string' && strings.has(content) ? strings.get(content) : content
    const bytes = isText(text) ? await decodeBase64(bufferOf(text)) : undefined
    if (!bytes) throw notAFile(at, 'its content is not base64')
    if (typeof filename !== 'string' || strings.has(filename)) throw notAFile(at, 'it has no filename')
    if (typeof mime_type !== 'string') throw notAFile(at, 'its mime_type is not a text')
    uploads.push({ field: UPLOAD_FIELD, filename, mime_type, size: bytes.length, content: bytes })
  }
  return uploads
}

function fieldsOf(file: unknown, at: number): Record<string, unknown> {
  if (typeof file !== 'object' || file === null || Array.isArray(file))
    throw notAFile(at, 'it is not an object')
  const unknown = Object.keys(file).find(name => !FIELDS.includes(name))
  if (unknown !== undefined) throw notAFile(at, `it has no field ${shown(unknown)}`)
  return file as Record<string, unknown>
}

function notAFile(at: number, why: string): Failure {
  return new Failure(
    'invalid',
    `${UPLOAD_FIELD}: file ${at + 1} cannot be read, since ${why}; send {"filename": "fuse.txt", "content": "…"}, with the content in base64.`,
    { parameter: UPLOAD_FIELD },
  )
}

function isText(value: unknown): value is SentText {
  return typeof value === 'string' || value instanceof Uint8Array
}

function bufferOf(text: SentText): Buffer {
  return typeof text === 'string'
    ? Buffer.from(text)
    : Buffer.from(text.buffer, text.byteOffset, text.byteLength)
}
