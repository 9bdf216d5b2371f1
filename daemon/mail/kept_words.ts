import { ahead } from '../../data/ahead.ts'
import { beginningOf, beginningOfBytes } from '../../data/beginning.ts'
import type { Pieces } from '../../data/store.ts'
import { type KeptText, LONGEST_KEPT, withPrefix } from '../../handlers/kept_text.ts'
import type { Holding } from '../holding.ts'
import { NoShare } from '../shares.ts'

/** Left in a record for what comes before a text that is cut. */
const PREFIXES = 8 * 1024
const CUT = '\n[There is too little room for the rest.]'

/** The text of a mail, and whether its beginning is all that has room. */
export interface KeptWords {
  readonly text: KeptText
  readonly isCut: boolean
}

/**
 * Keeps a text that comes in pieces of UTF-8: of one that is too long for a record the beginning, and the whole where it has room. Throws
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

/** The same text with a shorter one in front of it. Where that has no room, a file of it stays as it is, and a text without one is cut. */
export async function prefixed(holding: Holding, prefix: string, text: KeptText): Promise<KeptText> {
  const whole = await withPrefix(holding, prefix, text).catch(withoutShare)
  if (whole) return whole
  const { file } = text
  const beginning = prefix + text.beginning
  if (file !== undefined) return { beginning: beginningOf(beginning, LONGEST_KEPT), file }
  return { beginning: beginningOf(beginning, LONGEST_KEPT - CUT.length) + CUT }
}

/** For `catch`: what an unproven sender has no room for is undefined, any other error goes on. A proven one may send it again. */
export function unlessProven({ network }: Holding): (error: unknown) => undefined {
  return error => {
    if (network === undefined) throw error
    return withoutShare(error)
  }
}

function withoutShare(error: unknown): undefined {
  if (!(error instanceof NoShare)) throw error
}
