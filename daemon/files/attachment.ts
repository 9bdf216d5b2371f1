import { Failure, shown } from '../../data/failure.ts'
import type { Files, Pieces } from '../../data/store.ts'
import type { Attachment } from '../../data/tables.ts'
import { safeFilename } from './filename.ts'

/** RFC 6838 4.2. */
const MIME_TYPE = /^[a-z0-9][a-z0-9!#$&^_.+-]{0,126}\/[a-z0-9][a-z0-9!#$&^_.+-]{0,126}$/i

/** A file from a mail or a POST, as it was sent. */
export interface Upload {
  readonly filename: string | undefined
  readonly mime_type: string
  readonly size: number
  readonly content: Uint8Array | Pieces
}

/**
 * Puts an upload into the files of the store; its name becomes safe to show and to save. Throws Failure `too_large` for more than `most`
 * bytes, `full` if there is no room.
 */
export async function keepUpload(files: Files, upload: Upload, most: number): Promise<Attachment> {
  const { content, mime_type, size } = upload
  const filename = safeFilename(upload.filename)
  if (size > 0 && most === 0)
    throw new Failure('too_large', `Files are not accepted here; leave out ${shown(filename)}.`)
  if (size > most)
    throw new Failure(
      'too_large',
      `The file ${shown(filename)} has ${size} bytes; send files of at most ${most} bytes.`,
    )
  return {
    file: await files.put(content),
    filename,
    mime_type: MIME_TYPE.test(mime_type) ? mime_type : 'application/octet-stream',
    size,
  }
}
