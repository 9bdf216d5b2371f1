import { JoinedPieces } from './joined_pieces.ts'
import { linesOf } from './text_lines.ts'

const LF = '\n'
const QUOTE = '>'
const BLANK = ' '
const SIGNATURE_DELIMITER = '-- '

/** A line without its quote marks and its stuffing. */
interface FlowedLine {
  readonly depth: number
  readonly text: string
  readonly isFlowed: boolean
}

/**
 * Joins the lines of a text/plain part with format=flowed (RFC 3676) to paragraphs; line ends are line feeds. `joint` is what stays of the
 * blank at a soft line break: nothing with DelSp=yes, else the blank. Quoted lines begin with `>` marks and a blank.
 */
export function unflowed(text: string, joint: '' | ' '): string {
  const pieces = new JoinedPieces()
  let before: FlowedLine | undefined
  for (const given of linesOf(text)) {
    const line = flowedLine(given)
    const isJoined =
      before?.isFlowed === true && before.depth === line.depth && line.text !== SIGNATURE_DELIMITER
    if (before !== undefined) pieces.add(isJoined ? joint : LF)
    if (!isJoined) pieces.add(quoteMarks(line))
    pieces.add(line.isFlowed ? line.text.slice(0, -1) : line.text)
    before = line
  }
  return pieces.toString()
}

function flowedLine(given: string): FlowedLine {
  let depth = 0
  while (given[depth] === QUOTE) depth++
  const text = given.slice(given[depth] === BLANK ? depth + 1 : depth)
  return { depth, text, isFlowed: text.endsWith(BLANK) && text !== SIGNATURE_DELIMITER }
}

function quoteMarks({ depth, text }: FlowedLine): string {
  if (depth === 0) return ''
  return QUOTE.repeat(depth) + (text === '' ? '' : BLANK)
}
