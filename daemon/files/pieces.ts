import type { Files, Pieces } from '../../data/store.ts'
import type { FileName } from '../../data/tables.ts'

/** The bytes of a file, which is opened when the first of them is wanted, and closed whenever no more are. `missing` stands for a file that is gone. */
export async function* piecesOf(files: Files, name: FileName, missing: Uint8Array): Pieces {
  const stream = await files.stream(name)
  if (stream) yield* stream
  else yield missing
}
