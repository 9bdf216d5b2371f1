// One thing: header blocks in texts, above history and in forwards, whose lines are read by the same rules.
import { type AnswerLines, Mark } from './answer_lines.ts'
import { KNOWN_LABELS, type KnownLabel, Label } from './history_labels.ts'
import { numbersIn } from './numbers.ts'

/** A block has at most so many lines; a value such as a list of recipients is folded over several. */
const MOST_LINES = 30
/** A block has at least so many labels of one language. */
const LEAST_LABELS = 3
/** In characters. */
const LONGEST_UNKNOWN = 20
const NUMBERS_OF_DAY = 3
const FIRST_LABELS = Label.from | Label.sent | Label.to
const ALL_LANGUAGES = -1

/** Fields of a raw header (RFC 5322): whoever shows them means them. */
const RAW_FIELDS = new Set([
  'received',
  'return-path',
  'message-id',
  'mime-version',
  'delivered-to',
  'dkim-signature',
])

interface Field {
  /** In lower case. */
  readonly name: string
  readonly value: string
  readonly known: KnownLabel | undefined
}

/**
 * The line after a header block that begins at `from`, as mail programs put it above history, or undefined. A block names the sender
 * and the date, and the subject or the sender's address, in one language.
 */
export function endOfHeaderBlock(lines: AnswerLines, from: number): number | undefined {
  const first = fieldAt(lines, from)
  if (!first?.known || !has(FIRST_LABELS, first.known.label)) return undefined
  let found = 0
  let count = 0
  let languages = ALL_LANGUAGES
  let hasAddress = false
  let last = 0
  let line = from
  for (; line < from + MOST_LINES && isInBlock(lines, from, line); line++) {
    const field = line === from ? first : fieldAt(lines, line)
    if (field && isRaw(field.name)) return undefined
    if (!field?.known && !isFolded(lines, line, last)) break
    if (!field?.known) continue
    last = field.known.label
    if (found & last) break
    if (last === Label.sent && numbersIn(field.value) < NUMBERS_OF_DAY) return undefined
    if (last === Label.from) hasAddress = field.value.includes('@')
    // Everybody writes Cc.
    if (last !== Label.copy) languages &= field.known.languages
    found |= last
    count++
  }
  const isBlock = count >= LEAST_LABELS && languages !== 0 && has(found, Label.from) && has(found, Label.sent)
  return isBlock && (hasAddress || has(found, Label.subject)) ? line : undefined
}

/** The fields of a block that tell of a forwarded mail, and the line after it. */
export interface BlockFields {
  readonly to: number
  readonly from: string
  /** Empty if the block has none. */
  readonly subject: string
}

/**
 * What a header block that begins at `from` says of its mail; undefined if it names no sender. Unlike above history, the fields may stand
 * in any order, and unknown ones such as `Importance:` between them.
 */
export function blockFields(lines: AnswerLines, from: number): BlockFields | undefined {
  if (!fieldAt(lines, from)?.known) return undefined
  const values = new Map<number, string>()
  let last = 0
  let line = from
  for (; line < Math.min(lines.count, from + MOST_LINES) && isInBlock(lines, from, line); line++) {
    const field = fieldAt(lines, line)
    if (field && (field.known || isUnknownField(field))) {
      last = field.known?.label ?? 0
      if (last !== 0 && !values.has(last)) values.set(last, field.value)
      continue
    }
    if (!isFolded(lines, line, last) && !isRestOfSender(lines, line, last, values)) break
    if (values.has(last)) values.set(last, `${values.get(last)} ${lines.words(line)}`)
  }
  const sender = values.get(Label.from)
  return sender === undefined
    ? undefined
    : { to: line, from: sender, subject: values.get(Label.subject) ?? '' }
}

/** Whether a line may be a field that programs write beside the known ones: a single word and a colon. */
function isUnknownField({ name }: Field): boolean {
  return name.length <= LONGEST_UNKNOWN && !name.includes(' ') && !name.includes('@')
}

/** Whether a line is the address of a sender whose name stands on the line before. */
function isRestOfSender(
  lines: AnswerLines,
  line: number,
  last: number,
  values: ReadonlyMap<number, string>,
): boolean {
  const isOpen = last === Label.from && !values.get(last)?.includes('@')
  return isOpen && lines.words(line).includes('@')
}

/** Whether a line is a field of a raw header; `line` may be any number. */
export function isRawField(lines: AnswerLines, line: number): boolean {
  return line >= 0 && line < lines.count && isRaw(fieldAt(lines, line)?.name ?? '')
}

function has(labels: number, label: number): boolean {
  return (labels & label) !== 0
}

function isInBlock(lines: AnswerLines, from: number, line: number): boolean {
  if (line === from) return true
  if (line >= lines.count || lines.has(line, Mark.afterBlank)) return false
  return lines.has(line, Mark.quoted) === lines.has(from, Mark.quoted)
}

function isRaw(name: string): boolean {
  return RAW_FIELDS.has(name) || name.startsWith('x-')
}

/** A line such as `*From:* Susan`. */
function fieldAt(lines: AnswerLines, line: number): Field | undefined {
  if (!lines.has(line, Mark.hasLabel)) return undefined
  const words = lines.words(line)
  const wide = words.indexOf('\uff1a')
  const narrow = words.indexOf(':')
  const colon = narrow === -1 || (wide !== -1 && wide < narrow) ? wide : narrow
  const name = nameOf(words.slice(0, colon))
  return { name, value: words.slice(colon + 1), known: KNOWN_LABELS.get(name) }
}

function nameOf(label: string): string {
  return (label.includes('*') ? label.replaceAll('*', '') : label).trim().toLowerCase()
}

/** Whether a line is the rest of the value above it, such as more recipients. */
function isFolded(lines: AnswerLines, line: number, last: number): boolean {
  if (lines.isIndented(line)) return true
  if (last !== Label.to && last !== Label.copy) return false
  const words = lines.words(line)
  return words.includes('@') || words.includes(';')
}
