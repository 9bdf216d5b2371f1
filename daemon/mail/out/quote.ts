import { wholeLinesOf } from '../../../data/beginning.ts'
import { KIB } from '../../../data/sizes.ts'
import type { Followup } from '../../../data/tables.ts'
import { messageHtml } from './html/message_html.ts'

/** In bytes. Nobody reads more in a letter, and many short lines take long to encode. */
const LONGEST_QUOTE = 16 * KIB
/** Mail programs hide what follows it as a signature (RFC 3676 4.3): with it, all of ours below the words. */
const SIGNATURE_LINE = /^-- $/gm

/** The part of a follow-up that a letter quotes, and whether it is the whole text. */
export interface Quote {
  readonly text: string
  readonly isWhole: boolean
  /** The same in HTML, ready for a letter, if it was written in HTML. */
  readonly html?: string
}

/** `most` is in bytes. A line that begins a signature loses its blank. */
export function quoteOf(followup: Followup, most = LONGEST_QUOTE): Quote {
  const { comment, comment_file } = followup
  const beginning = wholeLinesOf(comment, most)
  const isWhole = comment_file === undefined && beginning === comment
  const quote = { text: beginning, isWhole, ...messageHtml(followup, beginning) }
  return { ...quote, text: quote.text.replace(SIGNATURE_LINE, '--') }
}

/** A text as plain text marks a quote: `> ` before each line. */
export function quotedLines(text: string): string {
  if (text === '') return ''
  return text
    .split('\n')
    .map(line => (line === '' ? '>' : `> ${line}`))
    .join('\n')
}
