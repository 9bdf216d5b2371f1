import { VISIBLE } from '../../../../../data/invisible.ts'
import { AnswerLines, Mark } from './answer_lines.ts'
import { markHistory, type WordsEnd } from './history.ts'
import { isForwardMarker } from './markers.ts'
import { withoutSignature } from './signature.ts'

/** Of a quoted block that is answered, so many lines and characters are kept: about a paragraph, since that is what people answer. */
const MOST_QUOTED_LINES = 8
const MOST_QUOTED_CHARACTERS = 1000
const HISTORY = Mark.history | Mark.dropped

/** The new words of an answer. */
export interface NewWords {
  readonly text: string
  /** Lines were taken off. */
  readonly isCut: boolean
  /** The writer added words. */
  readonly isNew: boolean
}

/**
 * Takes quoted history and signature off the text of an answer, given with line feeds. Quoted lines that are answered stay, and so do
 * forwarded mails; in doubt, lines stay. What would leave nothing is given as it is. The time is linear, whatever the text.
 */
export function newWords(text: string): NewWords {
  const lines = new AnswerLines(text)
  const wordsEnd = markHistory(lines)
  const end = withoutTail(lines, wordsEnd)
  // Somebody may have written below history without quote marks, where nothing tells the two apart.
  if (!hasWords(lines, end)) return { text, isCut: false, isNew: wordsEnd.end < lines.count }
  const pieces = keptPieces(lines, end)
  const isCut = pieces.length !== 1 || pieces[0]!.to - pieces[0]!.from < lines.count
  if (!isCut) return { text, isCut, isNew: true }
  return { text: pieces.map(({ from, to }) => lines.slice(from, to)).join('\n\n'), isCut, isNew: true }
}

/** The end of the words without the signatures and the history that nothing new follows. */
function withoutTail(lines: AnswerLines, { end, isFixed }: WordsEnd): number {
  if (isFixed) return end
  let last = end
  for (;;) {
    const signature = withoutSignature(lines, last)
    let quote = signature
    while (quote > 0 && lines.has(quote - 1, HISTORY)) quote--
    last = quote
    if (quote === signature) return last
  }
}

/** Whether any line is the writer's, or the first of a forwarded mail. */
function hasWords(lines: AnswerLines, end: number): boolean {
  for (let line = 0; line < end; line++) {
    if (lines.has(line, HISTORY)) continue
    if (
      lines.has(line, Mark.quoted) ? isForwardMarker(lines, line) : VISIBLE.test(lines.slice(line, line + 1))
    )
      return true
  }
  return false
}

/** Lines from `from` to before `to`. */
interface Piece {
  readonly from: number
  readonly to: number
}

function keptPieces(lines: AnswerLines, end: number): Piece[] {
  const pieces: Piece[] = []
  let from = 0
  let line = 0
  while (line < end) {
    const next = endOfRun(lines, line, end)
    if (lines.has(line, HISTORY)) {
      const first = firstKept(lines, line, next, end)
      if (first > line) {
        if (line > from) pieces.push({ from, to: line })
        from = first
      }
    }
    line = next
  }
  if (end > from) pieces.push({ from, to: end })
  return pieces
}

/** The line after the history that begins with a line. */
function endOfRun(lines: AnswerLines, from: number, end: number): number {
  let line = from
  while (line < end && lines.has(line, HISTORY)) line++
  return Math.max(line, from + 1)
}

/** The first line that is kept of the history from `from` to before `to`, which is answered by the line after it. */
function firstKept(lines: AnswerLines, from: number, to: number, end: number): number {
  let quote = to
  while (quote > from && !lines.has(quote - 1, Mark.dropped)) quote--
  let first = to
  while (first > quote && isShort(lines, first - 1, to)) first--
  const isCut = first > quote
  if (isCut && from === 0 && !isQuotedAgain(lines, to, end)) return to
  if (isCut && first === to) first--
  if (first > from) while (first < to - 1 && isBareMark(lines, first)) first++
  return first
}

function isShort(lines: AnswerLines, from: number, to: number): boolean {
  return to - from <= MOST_QUOTED_LINES && lines.sizeOf(from, to) <= MOST_QUOTED_CHARACTERS
}

/** Whether history follows: otherwise all of the answer stands below the whole history, so that no part of it says what is answered. */
function isQuotedAgain(lines: AnswerLines, from: number, end: number): boolean {
  for (let line = from; line < end; line++) if (lines.has(line, Mark.history)) return true
  return false
}

function isBareMark(lines: AnswerLines, line: number): boolean {
  return !lines.has(line, Mark.long) && lines.words(line) === ''
}
