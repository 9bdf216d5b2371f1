import { type AnswerLines, Mark } from './answer_lines.ts'
import { endOfHeaderBlock, isRawField } from './header_block.ts'
import { HISTORY_WORDS } from './history_words.ts'
import { isForwardMarker, isOriginalMarker, withMarkers } from './markers.ts'
import { type Opener, openerEndingAt } from './opener.ts'
import { hasWholeWord } from './whole_words.ts'

/** Characters of the words above unquoted history in which the writer may say that answers stand below. */
const LONGEST_POINTER = 2000
/** A quoted block may begin with an opener of so many lines and markers. */
const MOST_OPENER_LINES = 4
const BELOW = [...new Set(HISTORY_WORDS.flatMap(({ below }) => below))]

/** Where the words end. */
export interface WordsEnd {
  /** The line after the last one that may be new. */
  readonly end: number
  /** The end of the text is not to be touched: it is a forwarded mail, or answers may stand in it. */
  readonly isFixed: boolean
}

/** What stands above history, such as an opener: the lines from `from` to before `to`, and what may follow them as history. */
interface Intro {
  readonly from: number
  readonly to: number
  readonly opens: 'nothing' | 'quoted' | 'anything'
}

/**
 * Marks the quoted history of an answer, and finds where unquoted history begins. Where it is not certain that lines are history, they
 * are words.
 */
export function markHistory(lines: AnswerLines): WordsEnd {
  let isOpened = false
  let quote = nextQuoted(lines, 0)
  let line = 0
  while (line < lines.count) {
    if (line === quote) {
      line = nextUnquoted(lines, quote)
      isOpened = markQuote(lines, quote, line, isOpened)
      quote = nextQuoted(lines, line)
      continue
    }
    if (isForwardMarker(lines, line)) return { end: lines.count, isFixed: true }
    const intro = introAt(lines, line, quote)
    line = intro?.to ?? line + 1
    if (!intro || intro.opens === 'nothing') continue
    if (line === quote && line < lines.count) {
      lines.mark(intro.from, line, Mark.dropped)
      isOpened = true
    } else if (intro.opens === 'anything') {
      const isFixed = pointsBelow(lines, intro.from)
      return { end: isFixed ? lines.count : intro.from, isFixed }
    }
  }
  return { end: lines.count, isFixed: false }
}

/** The header block that begins with an unquoted line, or the opener that ends with it; `quote` is the next quoted line. */
function introAt(lines: AnswerLines, line: number, quote: number): Intro | undefined {
  const end = endOfHeaderBlock(lines, line)
  if (end !== undefined) {
    const from = withMarkers(lines, line)
    const isShown = isPartOfMore(lines, line, from) || isRawField(lines, end) || isAnnounced(lines, from)
    return { from, to: end, opens: isShown ? 'nothing' : 'anything' }
  }
  const opener = openerEndingAt(lines, line)
  if (!opener) return undefined
  const from = withMarkers(lines, opener.from)
  if (isAnnounced(lines, from)) return { from, to: line + 1, opens: 'nothing' }
  const needsNoQuote = isCertain(lines, opener, from) && !isQuotedElsewhere(lines, line, quote)
  return { from, to: line + 1, opens: needsNoQuote ? 'anything' : 'quoted' }
}

/** Whether a program wrote the opener, so that quote marks need not prove that history follows. */
function isCertain(lines: AnswerLines, opener: Opener, from: number): boolean {
  if (from < opener.from && isOriginalMarker(lines, opener.from - 1)) return opener.isDated
  return opener.isFull && lines.has(from, Mark.afterBlank)
}

/** Whether lines like those of a header stand directly above a block, so that it is part of a form or of a raw header. */
function isPartOfMore(lines: AnswerLines, line: number, from: number): boolean {
  return from === line && line > 0 && !lines.has(line, Mark.afterBlank) && lines.has(line - 1, Mark.hasLabel)
}

/** Whether the words above end in a colon, so that what follows is what the writer wants to show. */
function isAnnounced(lines: AnswerLines, from: number): boolean {
  return from > 0 && lines.has(from - 1, Mark.endsInColon) && !lines.has(from - 1, Mark.dashed | Mark.quoted)
}

/** Whether the program of this answer marks its quotes, so that the unquoted lines before the first one are words. */
function isQuotedElsewhere(lines: AnswerLines, from: number, quote: number): boolean {
  if (quote === lines.count) return false
  const isOlder = quote - 1 > from && openerEndingAt(lines, quote - 1) !== undefined
  return !isOlder && endOfQuotedIntro(lines, quote) === undefined
}

/** Marks a quoted block if it belongs to the history; gives whether an opener was found by now. */
function markQuote(lines: AnswerLines, from: number, to: number, isOpened: boolean): boolean {
  const first = isOpened ? from : endOfQuotedIntro(lines, from)
  if (first === undefined) return false
  lines.mark(from, first, Mark.dropped)
  lines.mark(first, to, Mark.history)
  return true
}

/** The line after an opener or header block at the beginning of a quoted block: "> On 26. Nov 2026, at 10:00, Susan wrote:". */
function endOfQuotedIntro(lines: AnswerLines, from: number): number | undefined {
  for (let line = from; line < Math.min(lines.count, from + MOST_OPENER_LINES); line++) {
    if (!lines.has(line, Mark.quoted) || isForwardMarker(lines, line)) return undefined
    const end = endOfHeaderBlock(lines, line) ?? (openerEndingAt(lines, line) && line + 1)
    if (end !== undefined) return end
  }
  return undefined
}

/** Whether the last words above unquoted history say that answers stand in it. */
function pointsBelow(lines: AnswerLines, line: number): boolean {
  return hasWholeWord(BELOW, lines.before(line, LONGEST_POINTER).toLowerCase())
}

function nextQuoted(lines: AnswerLines, from: number): number {
  let line = from
  while (line < lines.count && !lines.has(line, Mark.quoted)) line++
  return line
}

function nextUnquoted(lines: AnswerLines, from: number): number {
  let line = from
  while (line < lines.count && lines.has(line, Mark.quoted)) line++
  return line
}
