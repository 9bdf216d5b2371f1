import type { Files, Pieces } from '../../data/store.ts'
import type { FileName } from '../../data/tables.ts'

/** The bytes of a file, or `missing` if the file is gone. Opens the file at the first read, and closes it when the reader stops. */
export async function* piecesOf(files: Files, name: FileName, missing: Uint8Array): Pieces {
  const stream = await files.stream(name)
  if (stream) yield* stream
  else yield missing
}
