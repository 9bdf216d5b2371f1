import type { SendMailOptions } from 'nodemailer'
import type { Letter } from '../../../../data/tables.ts'
import type { About } from '../about.ts'
import type { Wording } from '../letters/wording.ts'
import { type Quote, quotedLines, quoteOf } from '../quote.ts'
import { type Foreign, htmlLetter } from './html_letter.ts'

/** Text and HTML of a letter, which say the same. */
export function bodies(
  { locale }: Wording,
  text: string,
  foreign: readonly Foreign[],
): Pick<SendMailOptions, 'text' | 'html'> {
  return { text, html: htmlLetter(text, foreign, locale) }
}

/** The sentences of a letter that has its own. */
export function sentencesOf({ answer }: Letter): Foreign[] {
  return (answer?.sentences ?? []).map(text => ({ is: 'sentence', text }))
}

/** What others have written in a letter about a ticket. */
export function wordsOf({ quotes, followup, isOwn, earlier }: About): Foreign[] {
  const before = earlier.map(({ quote }) => asQuote(quote))
  if (!quotes || !followup) return before
  const quote = quoteOf(followup)
  return [isOwn ? asQuote(quote) : { is: 'words', ...quote }, ...before]
}

function asQuote({ text, html }: Quote): Foreign {
  return { is: 'quote', text: quotedLines(text), html }
}
