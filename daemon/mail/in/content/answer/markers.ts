import { type AnswerLines, Mark } from './answer_lines.ts'
import { HISTORY_WORDS } from './history_words.ts'
import { hasVerb } from './opener.ts'

/** Above history stand at most so many marker lines. */
const MOST_MARKERS = 2
/** A line of dashes or underscores alone has at least so many. */
const SHORTEST_RULE = 5
/** The fewest characters of a forward marker: some languages need few, with the line feed. */
const SHORTEST_FORWARDED = 8
const LONGEST_MARKER = 120
const FRAME = '-_=*\u2010\u2011\u2012\u2013\u2014\u2015:\uff1a \t\u00a0'

const ORIGINAL = new Set(HISTORY_WORDS.flatMap(({ original }) => original))
const FORWARDED = [...new Set(HISTORY_WORDS.flatMap(({ forwarded }) => forwarded))]

/** Whether a line says that a forwarded mail follows: `---------- Forwarded message ---------`, `Begin forwarded message:`. */
export function isForwardMarker(lines: AnswerLines, line: number): boolean {
  if (!lines.has(line, Mark.dashed | Mark.endsInColon)) return false
  if (lines.sizeOf(line, line + 1) < SHORTEST_FORWARDED) return false
  const inner = innerOf(lines.words(line))
  if (FORWARDED.includes(inner)) return true
  // Notes: "----- Forwarded by Susan Lee/ACME on 26.11.2026 10:00 -----"
  return lines.has(line, Mark.dashed) && FORWARDED.some(words => inner.startsWith(`${words} `))
}

/** The first line of history that begins at a line: that of the markers above it, such as `-----Original Message-----`. */
export function withMarkers(lines: AnswerLines, line: number): number {
  let first = line
  while (first > 0 && line - first < MOST_MARKERS && isMarker(lines, first - 1)) first--
  return first
}

/** Whether the words above history are such that a program alone writes them. */
export function isOriginalMarker(lines: AnswerLines, line: number): boolean {
  if (!lines.has(line, Mark.dashed)) return false
  const words = lines.words(line)
  const inner = innerOf(words)
  // Notes: "-----Susan Lee <susan@example.org> wrote: -----"
  return (
    ORIGINAL.has(inner) || (words.startsWith('--') && lines.has(line, Mark.endsInColon) && hasVerb(inner))
  )
}

function isMarker(lines: AnswerLines, line: number): boolean {
  const words = lines.words(line)
  // BlackBerry writes no dashes.
  if (!lines.has(line, Mark.dashed)) return ORIGINAL.has(innerOf(words))
  return isRule(words) || isOriginalMarker(lines, line)
}

function isRule(words: string): boolean {
  return words.length >= SHORTEST_RULE && innerOf(words) === ''
}

/** The words between dashes, in lower case. */
function innerOf(words: string): string {
  if (words.length > LONGEST_MARKER) return words.toLowerCase()
  let from = 0
  let to = words.length
  while (from < to && FRAME.includes(words[from]!)) from++
  while (from < to && FRAME.includes(words[to - 1]!)) to--
  return words.slice(from, to).toLowerCase()
}
