import { type AnswerLines, Mark } from './answer_lines.ts'
import { AROUND_DEVICE, DEVICES, PROGRAM_LINES } from './signature_words.ts'
import { beginsWithWord } from './whole_words.ts'

/** In characters. */
const LONGEST_PHONE_LINE = 80
/** How a link begins. */
const LINKS = ['<', '(', '[', 'http']
/** After `-- ` (RFC 3676 4.3) a signature has at most so many lines. */
const MOST_LINES = 20
/** After `--`, which also divides the parts of a text. */
const MOST_LINES_AFTER_BARE = 8
const BARE_DASHES = '--'
const DASHES = '-- '
/** After a signature, these are words. */
const POSTSCRIPTS = ['ps', 'p.s', 'p. s', 'pps', 'p.p.s']

/**
 * The end of the words in the lines before `end`, without the signature: the lines after `-- `, and what phones and mail programs add.
 * Words that begin with a quote are no signature.
 */
export function withoutSignature(lines: AnswerLines, end: number): number {
  const phone = withoutPhoneLines(lines, end)
  const dashes = dashesBefore(lines, phone)
  return dashes === undefined ? phone : withoutPhoneLines(lines, dashes)
}

function withoutPhoneLines(lines: AnswerLines, end: number): number {
  let last = end
  while (last > 0 && isPhoneLine(lines, last - 1)) last--
  return last === end || isParagraph(lines, last) ? last : end
}

/** Programs leave an empty line before what they add; a writer's line may have the same words. */
function isParagraph(lines: AnswerLines, line: number): boolean {
  return lines.has(line, Mark.afterBlank) || lines.has(line - 1, Mark.quoted)
}

function isPhoneLine(lines: AnswerLines, line: number): boolean {
  if (!isOfWords(lines, line)) return false
  const words = withoutLink(lines.words(line))
  if (words.length > LONGEST_PHONE_LINE) return false
  const small = words.toLowerCase()
  if (PROGRAM_LINES.some(beginning => small.startsWith(beginning))) return true
  if (!DEVICES.some(device => small.includes(device))) return false
  return AROUND_DEVICE.some(([before, after]) => small.startsWith(before) && small.endsWith(after))
}

/** A line without the link, or the full stop, at its end: "Get Outlook for iOS<https://aka.ms/o0ukef>". */
function withoutLink(words: string): string {
  const link = LINKS.map(begin => words.indexOf(begin)).filter(at => at > 0)
  const kept = words.slice(0, Math.min(words.length, ...link)).trimEnd()
  return kept.endsWith('.') ? kept.slice(0, -1) : kept
}

/** The line of dashes above the signature at the end of the words, or undefined. */
function dashesBefore(lines: AnswerLines, end: number): number | undefined {
  for (let line = end - 1; line >= Math.max(0, end - MOST_LINES - 1); line--) {
    if (!isOfWords(lines, line)) return undefined
    if (!lines.has(line, Mark.dashed)) {
      if (isPostscript(lines, line)) return undefined
      continue
    }
    const dashes = lines.slice(line, line + 1)
    if (dashes === DASHES) return line
    // A line such as `-- comment`, or more dashes: this is no signature.
    if (dashes.startsWith(BARE_DASHES) && dashes !== BARE_DASHES) return undefined
    if (dashes === BARE_DASHES) return isSignature(lines, line, end) ? line : undefined
  }
  return undefined
}

/** Whether `--` without a blank begins a signature: the blank may have been lost on the way. */
function isSignature(lines: AnswerLines, line: number, end: number): boolean {
  if (end - line - 1 > MOST_LINES_AFTER_BARE || !lines.has(line, Mark.afterBlank)) return false
  for (let above = line - 1; above >= Math.max(0, line - MOST_LINES); above--)
    if (lines.has(above, Mark.dashed) && lines.words(above) === BARE_DASHES) return false
  return true
}

function isPostscript(lines: AnswerLines, line: number): boolean {
  return beginsWithWord(POSTSCRIPTS, lines.words(line).toLowerCase())
}

function isOfWords(lines: AnswerLines, line: number): boolean {
  return !lines.has(line, Mark.quoted | Mark.history | Mark.dropped | Mark.long)
}
