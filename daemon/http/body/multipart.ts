import { isUtf8 } from 'node:buffer'
import { setImmediate as othersFirst } from 'node:timers/promises'
import { Busboy, type BusboyHeaders } from '@fastify/busboy'
import { Failure, shown } from '../../../data/failure.ts'
import { KIB } from '../../../data/sizes.ts'
import {
  type Body,
  collector,
  isBroken,
  MOST_PARAMETERS,
  notUtf8,
  type SentValue,
  valueIn,
  withoutMark,
} from './parameters.ts'
import { LONGEST_HEADER, piecesInUtf8 } from './part_headers.ts'

const MOST_FILES = 20
/** How many bytes are parsed before the limits are checked: they contain at most a thousand parts. */
const PIECE = 8 * KIB
/** How many bytes are parsed before other work gets a turn. */
const TURN = 64 * KIB
/** The values of Content-Transfer-Encoding that need no decoding (RFC 7578 4.7). */
const PLAIN_ENCODINGS = ['7bit', '8bit', 'binary']

interface Part {
  readonly name: string
  readonly filename: string | undefined
  readonly mimeType: string
  readonly content: Buffer
}

/**
 * Reads multipart/form-data (RFC 7578): a part with a file name is an upload, any other a parameter in UTF-8. Throws Failure `invalid`,
 * which shows no value.
 */
export async function parseMultipart(bytes: Buffer, contentType: string): Promise<Body> {
  const { params, repeated, add } = collector()
  const uploads: Body['uploads'][number][] = []
  for (const { name, filename, mimeType, content } of await partsOf(bytes, contentType)) {
    if (filename === undefined) add(name, textIn(name, content))
    // A browser sends an empty file input as a file without name and content.
    else if (filename !== '' || content.length > 0)
      uploads.push({ field: name, filename, mime_type: mimeType, size: content.length, content })
  }
  if (uploads.length > MOST_FILES) throw tooManyFiles()
  return { params, repeated, uploads }
}

function textIn(name: string, content: Buffer): SentValue {
  if (isUtf8(content)) return valueIn(withoutMark(content))
  throw notUtf8(`The value of ${shown(name)}`)
}

/** Moves the content of the parts to the front of `bytes`, which have been read there already: this needs no further memory. */
async function partsOf(bytes: Buffer, contentType: string): Promise<Part[]> {
  const parts: Part[] = []
  let end = 0
  let flaw: Failure | undefined
  const busboy = busboyFor(contentType)
  const done = new Promise<void>(resolve => {
    const breakOff = () => {
      flaw ??= new Failure(
        'invalid',
        'The multipart body is malformed or incomplete; send it up to its closing boundary.',
      )
      resolve()
    }
    busboy.on('finish', resolve).on('error', breakOff)
    busboy.on('partsLimit', () => {
      flaw ??= tooManyParts()
    })
    busboy.on('file', (name, stream, filename, encoding, mimeType) => {
      flaw ??= flawOf(name, encoding)
      let begin: number | undefined
      let length = 0
      stream.on('data', (chunk: Buffer) => {
        begin ??= end
        // Parts arrive one after the other; interleaved parts must not be accepted.
        if (begin + length !== end) return breakOff()
        length += chunk.copy(bytes, end)
        end = begin + length
      })
      stream.on('error', breakOff)
      stream.on('end', () => {
        const content = bytes.subarray(begin ?? 0, (begin ?? 0) + length)
        parts.push({ name, filename, mimeType, content })
      })
    })
  })
  let since = 0
  for (const piece of piecesInUtf8(bytes, contentType, PIECE)) {
    if (flaw) break
    if (since === 0) await othersFirst()
    busboy.write(piece)
    since = since > TURN ? 0 : since + piece.length
  }
  busboy.end()
  await done
  if (flaw) throw flaw
  return parts
}

/** All parts are handled as files: busboy would decode fields in any charset that they name, and repair invalid texts. */
function busboyFor(contentType: string): InstanceType<typeof Busboy> {
  try {
    return new Busboy({
      headers: { 'content-type': contentType } as BusboyHeaders,
      isPartAFile: () => true,
      limits: { parts: MOST_PARAMETERS + MOST_FILES, headerPairs: 32, headerSize: LONGEST_HEADER },
    })
  } catch {
    throw new Failure('invalid', 'The Content-Type has no boundary; let your client write the header.')
  }
}

function flawOf(name: string | undefined, encoding: string): Failure | undefined {
  if (name === undefined) return new Failure('invalid', 'A part of the body has no name; give it one.')
  if (isBroken(name))
    return new Failure(
      'invalid',
      `The name ${shown(name)} of a part contains half a character (a lone surrogate); send whole characters.`,
    )
  if (PLAIN_ENCODINGS.includes(encoding)) return undefined
  return new Failure(
    'invalid',
    `The part ${shown(name)} is encoded as ${shown(encoding)}; send it unencoded.`,
  )
}

function tooManyParts(): Failure {
  return new Failure(
    'invalid',
    `The body has too many parts; send at most ${MOST_PARAMETERS} parameters and ${MOST_FILES} files.`,
  )
}

function tooManyFiles(): Failure {
  return new Failure('invalid', `The body has more than ${MOST_FILES} files; send fewer.`)
}
