import { ahead } from '../../data/ahead.ts'
import { beginningOfBytes } from '../../data/beginning.ts'
import { KIB } from '../../data/sizes.ts'
import type { Files, Pieces } from '../../data/store.ts'
import type { FileName } from '../../data/tables.ts'

/** So many bytes of UTF-8 of any text stand in a record. */
export const LONGEST_KEPT = 64 * KIB

/** A text as a record keeps it: whole, or its beginning and the file that has the whole. */
export interface KeptText {
  readonly beginning: string
  readonly file?: FileName
}

/** Whether a value is a text that may be too long for a record; one in UTF-8 comes so because it is. */
export function mayBeLong(given: string | Uint8Array | number | boolean): boolean {
  return given instanceof Uint8Array || (typeof given === 'string' && given.length * 3 > LONGEST_KEPT)
}

/** Keeps a text that comes in pieces of UTF-8. Throws Failure `full` when the disk has no room for one that is long. */
export async function keepText(files: Files, pieces: Pieces | Iterable<Uint8Array>): Promise<KeptText> {
  const { head, whole } = await ahead(pieces, LONGEST_KEPT)
  const beginning = beginningOfBytes(head, LONGEST_KEPT)
  return whole ? { beginning, file: await files.put(whole) } : { beginning }
}

/** The same text with a shorter one in front of it. */
export async function withPrefix(
  files: Files,
  prefix: string,
  { beginning, file }: KeptText,
): Promise<KeptText> {
  const rest = file === undefined ? undefined : await files.stream(file)
  try {
    return await keepText(files, joined(prefix, rest ?? [new TextEncoder().encode(beginning)]))
  } finally {
    // Where there is no room, nobody has begun to read what would close it.
    rest?.destroy()
  }
}

async function* joined(prefix: string, rest: AsyncIterable<Uint8Array> | Iterable<Uint8Array>): Pieces {
  yield new TextEncoder().encode(prefix)
  yield* rest
}
