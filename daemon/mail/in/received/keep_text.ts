import { ahead } from '../../../../data/ahead.ts'
import { beginningOf, beginningOfBytes } from '../../../../data/beginning.ts'
import { VISIBLE } from '../../../../data/invisible.ts'
import { KIB } from '../../../../data/sizes.ts'
import type { Pieces } from '../../../../data/store.ts'
import { type KeptText, LONGEST_KEPT, withPrefix } from '../../../../handlers/params/kept_text.ts'
import type { Holding } from '../../../files/holding.ts'
import { NoShare } from '../../../files/shares.ts'

/** The room that is left in a record for lines before a text that is cut, in bytes. */
const PREFIXES = 8 * KIB
/** Stands for the text of a mail that has none. */
const NO_TEXT = '(This mail has no text.)'
const CUT = '\n[There is not enough space for the rest.]'

/** The text of a mail, its whole size in bytes, and whether only its beginning is kept. */
export interface KeptWords {
  readonly text: KeptText
  readonly size: number
  readonly isCut: boolean
}

/**
 * Stores a text that arrives in pieces of UTF-8. If it is too long for a record, the record gets the beginning and a file the whole text.
 * If there is no room for the file, only the beginning is kept; throws NoShare instead if the sender is proven.
 */
export async function keptWords(holding: Holding, pieces: Pieces): Promise<KeptWords> {
  const counted = { size: 0 }
  const { head, whole } = await ahead(counting(counted, pieces), LONGEST_KEPT)
  const beginning = beginningOfBytes(head, LONGEST_KEPT)
  if (!whole) return { text: { beginning }, ...counted, isCut: false }
  const file = await holding.put(whole).catch(unlessProven(holding))
  return file === undefined
    ? { text: { beginning: beginningOf(beginning, LONGEST_KEPT - PREFIXES) }, ...counted, isCut: true }
    : { text: { beginning, file }, ...counted, isCut: false }
}

async function* counting(counted: { size: number }, pieces: Pieces): Pieces {
  for await (const piece of pieces) {
    counted.size += piece.length
    yield piece
  }
}

/** Puts a short text in front of another. If there is no room for a new file, the old file is not changed; a text without one is cut. */
export async function prefixed(holding: Holding, prefix: string, text: KeptText): Promise<KeptText> {
  const whole = await withPrefix(holding, prefix, text).catch(withoutShare)
  if (whole) return whole
  const { file } = text
  const beginning = prefix + text.beginning
  if (file !== undefined) return { beginning: beginningOf(beginning, LONGEST_KEPT), file }
  return { beginning: beginningOf(beginning, LONGEST_KEPT - CUT.length) + CUT }
}

/** A text below lines; the lines alone if it is blank. */
export async function withLines(
  holding: Holding,
  lines: readonly string[],
  text: KeptText,
): Promise<KeptText> {
  if (lines.length === 0) return text
  const before = lines.join('\n')
  return hasText(text) ? prefixed(holding, `${before}\n\n`, text) : { beginning: before }
}

/** Whether there is anything to see in a text. */
export function hasText({ beginning, file }: KeptText): boolean {
  return file !== undefined || VISIBLE.test(beginning)
}

/** A text, or the note that stands for one that is blank. */
export function textOrNote(text: KeptText): KeptText {
  return hasText(text) ? text : { beginning: NO_TEXT }
}

/** For `catch`: gives undefined if an unproven sender has no room left. A proven sender gets the error, and can send the mail again. */
export function unlessProven({ network }: Holding): (error: unknown) => undefined {
  return error => {
    if (network === undefined) throw error
    return withoutShare(error)
  }
}

function withoutShare(error: unknown): undefined {
  if (!(error instanceof NoShare)) throw error
}
