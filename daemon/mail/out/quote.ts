import { wholeLinesOf } from '../../../data/beginning.ts'
import { KIB } from '../../../data/sizes.ts'
import type { Followup } from '../../../data/tables.ts'

/** In bytes. Nobody reads more in a letter, and many short lines take long to encode. */
const LONGEST_QUOTE = 16 * KIB

/** The part of a follow-up that a letter quotes, and whether it is the whole text. */
export interface Quote {
  readonly text: string
  readonly isWhole: boolean
}

export function quoteOf({ comment, comment_file }: Followup): Quote {
  const text = wholeLinesOf(comment, LONGEST_QUOTE)
  return { text, isWhole: comment_file === undefined && text === comment }
}
