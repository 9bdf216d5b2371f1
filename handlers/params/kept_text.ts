import { ahead } from '../../data/ahead.ts'
import { beginningOfBytes } from '../../data/beginning.ts'
import { KIB } from '../../data/sizes.ts'
import type { Files, Pieces } from '../../data/store.ts'
import type { FileName } from '../../data/tables.ts'

/** In bytes of UTF-8: how much of a text a record holds. */
export const LONGEST_KEPT = 64 * KIB

/** A text as a record keeps it: the whole text, or its beginning and the file that holds the whole text. */
export interface KeptText {
  readonly beginning: string
  readonly file?: FileName
}

/** Whether a value may be too long for a record. A door hands over a text in UTF-8 only if it is long. */
export function mayBeLong(given: string | Uint8Array | number | boolean): boolean {
  return given instanceof Uint8Array || (typeof given === 'string' && given.length * 3 > LONGEST_KEPT)
}

/** Keeps a text in pieces of UTF-8; a long one also goes into a file. Throws Failure `full` if the disk has no room for the file. */
export async function keepText(files: Files, pieces: Pieces | Iterable<Uint8Array>): Promise<KeptText> {
  const { head, whole } = await ahead(pieces, LONGEST_KEPT)
  const beginning = beginningOfBytes(head, LONGEST_KEPT)
  return whole ? { beginning, file: await files.put(whole) } : { beginning }
}

/** A kept text with a prefix. Throws Failure `full` as `keepText` does. */
export async function withPrefix(
  files: Files,
  prefix: string,
  { beginning, file }: KeptText,
): Promise<KeptText> {
  const rest = file === undefined ? undefined : await files.stream(file)
  try {
    return await keepText(files, joined(prefix, rest ?? [new TextEncoder().encode(beginning)]))
  } finally {
    // A refusal may come before the stream is read, and then nothing else closes it.
    rest?.destroy()
  }
}

async function* joined(prefix: string, rest: AsyncIterable<Uint8Array> | Iterable<Uint8Array>): Pieces {
  yield new TextEncoder().encode(prefix)
  yield* rest
}
