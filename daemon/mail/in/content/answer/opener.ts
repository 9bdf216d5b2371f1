import { type AnswerLines, Mark } from './answer_lines.ts'
import { HISTORY_WORDS } from './history_words.ts'
import { numbersIn } from './numbers.ts'
import { beginsWithWord, hasWholeWord } from './whole_words.ts'

/** An opener such as "On Thu, 26 Nov 2026 at 10:00, Susan wrote:" is wrapped over at most so many lines. */
const MOST_LINES = 4
/** In characters. */
const LONGEST_OPENER = 500
/** Day, year, hour and minute; the month may be a word. */
const NUMBERS_OF_DATE = 4
const NUMBERS_OF_DAY = 3
const ENDS_OF_SENTENCE = '.!?'

const VERBS = [...new Set(HISTORY_WORDS.flatMap(({ verbs }) => verbs))]
const BEGINNINGS = [...new Set(HISTORY_WORDS.flatMap(({ openers }) => openers))]

/** The line above history that tells who wrote it and when. */
export interface Opener {
  readonly from: number
  /** It begins as programs write it and has date, address and verb, so that history may follow without quote marks. */
  readonly isFull: boolean
  /** It has a date. */
  readonly isDated: boolean
}

/** The opener that ends with a line, or undefined. It never takes in a line that may belong to the words above it. */
export function openerEndingAt(lines: AnswerLines, end: number): Opener | undefined {
  if (!lines.has(end, Mark.endsInColon)) return undefined
  const last = lines.words(end)
  const beginsWell = beginsLikeOpener(last)
  const alone = beginsWell || lines.has(end, Mark.afterBlank) ? openerIn(last, end, beginsWell) : undefined
  if (alone?.isDated) return alone
  let joined = last
  for (let from = end - 1; from > end - MOST_LINES && isJoined(lines, from, end); from--) {
    const words = lines.words(from)
    joined = `${words} ${joined}`
    const isFirst = beginsLikeOpener(words)
    if (!isFirst && !(lines.has(from, Mark.afterBlank) && isNamedAndDated(words))) continue
    if (ENDS_OF_SENTENCE.includes(words.at(-1) ?? '.')) continue
    const opener = openerIn(joined, from, isFirst)
    if (opener?.isDated) return opener
  }
  return alone
}

/** Whether a line and the next one may be one wrapped line. */
function isJoined(lines: AnswerLines, from: number, end: number): boolean {
  if (from < 0 || lines.has(from + 1, Mark.afterBlank)) return false
  if (lines.has(from, Mark.endsInColon | Mark.long | Mark.history | Mark.dropped)) return false
  return lines.has(from, Mark.quoted) === lines.has(end, Mark.quoted)
}

function openerIn(words: string, from: number, beginsWell: boolean): Opener | undefined {
  if (words.length > LONGEST_OPENER) return undefined
  const hasAddress = words.includes('@')
  const isDated = numbersIn(words) >= NUMBERS_OF_DATE
  if (!isDated && !endsInNameAndVerb(words)) return undefined
  if (hasVerb(words.toLowerCase())) return { from, isFull: beginsWell && hasAddress && isDated, isDated }
  // Some languages have no verb: "чт, 26 нояб. 2026 г. в 10:00, Susan <susan@example.org>:"
  return hasAddress && isDated && words.endsWith('>:') ? { from, isFull: false, isDated } : undefined
}

/**
 * Whether an opener without a date is a program's: `Susan <susan@example.org> writes:`. Writers, too, introduce what they quote; "Susan
 * wrote:" and "my colleague susan@example.org wrote:" are words.
 */
function endsInNameAndVerb(words: string): boolean {
  if (!isNamed(words)) return false
  const verb = words.slice(words.lastIndexOf('>') + 1, -1).trim()
  return verb === '' || VERBS.includes(verb.toLowerCase())
}

/** Whether a text has a name with an address: `Susan <susan@example.org>`. */
function isNamed(words: string): boolean {
  return words.includes('<') && words.includes('@')
}

/** Whether a line has a name with an address, and a day: the hour may be on the next line. */
function isNamedAndDated(words: string): boolean {
  return isNamed(words) && numbersIn(words) >= NUMBERS_OF_DAY
}

/** Whether a line has a number, and begins with a date, with the word that stands before one, or with dashes. */
function beginsLikeOpener(words: string): boolean {
  if (numbersIn(words) === 0) return false
  if (numbersIn(words[0]!) > 0 || words.startsWith('--')) return true
  return beginsWithWord(BEGINNINGS, words.toLowerCase())
}

/** Whether a text in lower case has a verb of an opener as a whole word, in any language. */
export function hasVerb(text: string): boolean {
  return hasWholeWord(VERBS, text)
}
