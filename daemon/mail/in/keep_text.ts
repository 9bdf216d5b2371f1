import { ahead } from '../../../data/ahead.ts'
import { beginningOf, beginningOfBytes } from '../../../data/beginning.ts'
import { KIB } from '../../../data/sizes.ts'
import type { Pieces } from '../../../data/store.ts'
import { type KeptText, LONGEST_KEPT, withPrefix } from '../../../handlers/params/kept_text.ts'
import type { Holding } from '../../files/holding.ts'
import { NoShare } from '../../files/shares.ts'

/** How much of a record is left for lines before a text that is cut, in bytes. */
const PREFIXES = 8 * KIB
const CUT = '\n[There is not enough space for the rest.]'

/** The text of a mail, and whether only its beginning is kept. */
export interface KeptWords {
  readonly text: KeptText
  readonly isCut: boolean
}

/**
 * Keeps a text that comes in pieces of UTF-8: one that is too long for a record as its beginning, and as a file where that has room. Throws
 * NoShare where it has none and the sender is proven.
 */
export async function keptWords(holding: Holding, pieces: Pieces): Promise<KeptWords> {
  const { head, whole } = await ahead(pieces, LONGEST_KEPT)
  const beginning = beginningOfBytes(head, LONGEST_KEPT)
  if (!whole) return { text: { beginning }, isCut: false }
  const file = await holding.put(whole).catch(unlessProven(holding))
  return file === undefined
    ? { text: { beginning: beginningOf(beginning, LONGEST_KEPT - PREFIXES) }, isCut: true }
    : { text: { beginning, file }, isCut: false }
}

/**
 * A text with a shorter one in front of it. Where there is no room for a new file, the old file stays as it is, and a text without a file is
 * cut.
 */
export async function prefixed(holding: Holding, prefix: string, text: KeptText): Promise<KeptText> {
  const whole = await withPrefix(holding, prefix, text).catch(withoutShare)
  if (whole) return whole
  const { file } = text
  const beginning = prefix + text.beginning
  if (file !== undefined) return { beginning: beginningOf(beginning, LONGEST_KEPT), file }
  return { beginning: beginningOf(beginning, LONGEST_KEPT - CUT.length) + CUT }
}

/** For `catch`: undefined where an unproven sender has no room left. A proven sender gets the error, and may send it again. */
export function unlessProven({ network }: Holding): (error: unknown) => undefined {
  return error => {
    if (network === undefined) throw error
    return withoutShare(error)
  }
}

function withoutShare(error: unknown): undefined {
  if (!(error instanceof NoShare)) throw error
}
