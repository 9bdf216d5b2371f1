import { wholeLinesOf } from '../../../data/beginning.ts'
import { KIB } from '../../../data/sizes.ts'
import type { Followup } from '../../../data/tables.ts'
import { messageHtml } from './html/message_html.ts'

/** In bytes. Nobody reads more in a letter, and many short lines take long to encode. */
const LONGEST_QUOTE = 16 * KIB

/** The part of a follow-up that a letter quotes, and whether it is the whole text. */
export interface Quote {
  readonly text: string
  readonly isWhole: boolean
  /** The same in HTML, ready for a letter, if it was written in HTML. */
  readonly html?: string
}

/** `most` is in bytes. */
export function quoteOf(followup: Followup, most = LONGEST_QUOTE): Quote {
  const { comment, comment_file } = followup
  const beginning = wholeLinesOf(comment, most)
  const isWhole = comment_file === undefined && beginning === comment
  return { text: beginning, isWhole, ...messageHtml(followup, beginning) }
}

/** A text as plain text marks a quote: `> ` before each line. */
export function quotedLines(text: string): string {
  if (text === '') return ''
  return text
    .split('\n')
    .map(line => (line === '' ? '>' : `> ${line}`))
    .join('\n')
}
