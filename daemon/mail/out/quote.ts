import { wholeLinesOf } from '../../../data/beginning.ts'
import { KIB } from '../../../data/sizes.ts'
import type { Followup } from '../../../data/tables.ts'

/** So many bytes of what was said stand in a letter: more is not read there, and many short lines take long to encode. */
const LONGEST_QUOTE = 16 * KIB

/** What a letter quotes of a follow-up, and whether that is all of it. */
export interface Quote {
  readonly text: string
  readonly isWhole: boolean
}

export function quoteOf({ comment, comment_file }: Followup): Quote {
  const text = wholeLinesOf(comment, LONGEST_QUOTE)
  return { text, isWhole: comment_file === undefined && text === comment }
}
