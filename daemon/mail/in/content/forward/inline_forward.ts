import { KIB } from '../../../../../data/sizes.ts'
import { AnswerLines, Mark } from '../answer/answer_lines.ts'
import { blockFields, endOfHeaderBlock } from '../answer/header_block.ts'
import { isForwardMarker, withMarkers } from '../answer/markers.ts'
import { isForward } from '../reply_prefix.ts'
import type { From } from '../sender/from_field.ts'
import { writtenSender } from './written_sender.ts'

/** In characters. What somebody writes above a forwarded mail is shorter. */
const LONGEST_LOOKED_AT = 16 * KIB
/** A header block stands at most so many lines below its marker. */
const MOST_LINES_BETWEEN = 2

/** A mail that stands in the text of the mail that forwards it. */
export interface InlineForward {
  readonly from: From
  readonly subject: string
  /** What stands above it, and what it says. */
  readonly words: string
  readonly text: string
}

/**
 * The mail that a text forwards: below a line such as `---------- Forwarded message ---------`, or, if the subject is that of a forward,
 * below the first header block. Undefined if there is none near the beginning. Takes linear time.
 */
export function inlineForward(text: string, subject: string): InlineForward | undefined {
  const lines = new AnswerLines(text.slice(0, LONGEST_LOOKED_AT))
  const found = markedBlock(lines) ?? (isForward(subject) ? firstBlock(lines) : undefined)
  const fields = found && blockFields(lines, found.block)
  if (!fields) return undefined
  const below = text.slice(lines.before(fields.to, text.length).length)
  return {
    from: writtenSender(fields.from),
    subject: fields.subject.replaceAll('*', '').trim(),
    words: lines.before(found.from, text.length).trim(),
    text: (lines.has(found.block, Mark.quoted) ? unquoted(below) : below).trim(),
  }
}

/** The line of the marker, or of the block if it has none, and the first line of the block. */
interface Place {
  readonly from: number
  readonly block: number
}

function markedBlock(lines: AnswerLines): Place | undefined {
  for (let line = 0; line < lines.count; line++) {
    if (!isForwardMarker(lines, line)) continue
    const end = Math.min(lines.count, line + 2 + MOST_LINES_BETWEEN)
    for (let block = line + 1; block < end; block++)
      if (blockFields(lines, block)) return { from: line, block }
  }
  return undefined
}

function firstBlock(lines: AnswerLines): Place | undefined {
  for (let line = 0; line < lines.count; line++)
    if (endOfHeaderBlock(lines, line) !== undefined) return { from: withMarkers(lines, line), block: line }
  return undefined
}

/** Without one quote mark before each line, as Apple Mail writes them. */
function unquoted(text: string): string {
  return text
    .split('\n')
    .map(line => (line.startsWith('> ') ? line.slice(2) : line.startsWith('>') ? line.slice(1) : line))
    .join('\n')
}
