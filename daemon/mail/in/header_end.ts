import { KIB } from '../../../data/sizes.ts'

/** In bytes; the rest of a header block is ignored. A command needs much less, and trace fields, which show a loop, come first. */
export const LONGEST_HEADER_BLOCK = 256 * KIB
/** A field (RFC 5322 2.2, with the blanks before the colon of 4.5). */
const FIELD = /^[!-9;-~]+[ \t]*:/
/** After a line that cannot be a field, these show that the header goes on: a program broke the line before them. */
const GOES_ON = /^(?:content-type|content-transfer-encoding|mime-version|message-id|date):/i
/** The line that a mailbox file puts before a mail; some programs send it. */
const MAILBOX_LINE = /^>?From /
const LF = 10

/** Where a header block ends. */
export interface HeaderEnd {
  /** The offset after its last line. */
  readonly end: number
  /** The offset of the body: after the empty line, if there is one. */
  readonly bodyStart: number
  /** Whether an empty line or the end of the mail ends the block (RFC 5322 2.1). */
  readonly isProper: boolean
}

/**
 * Finds the end of the header block that begins at `start`: the empty line, or the first line that cannot be a field, since many programs
 * forget the empty line. A line of blanks counts as empty if the header does not go on after it. Looks at 256 KiB.
 */
export function headerEnd(bytes: Buffer, start: number): HeaderEnd {
  const most = Math.min(bytes.length, start + LONGEST_HEADER_BLOCK)
  for (let at = start; at < most; ) {
    const next = lineEnd(bytes, at, most)
    const line = bytes.toString('latin1', at, next)
    const kind = kindOf(line, at === start)
    if (kind === 'empty') return { end: at, bodyStart: next, isProper: true }
    if (kind === 'blank' && !isField(bytes, next, most)) return { end: at, bodyStart: next, isProper: false }
    if (kind === 'other' && !goesOn(bytes, next, most)) return { end: at, bodyStart: at, isProper: false }
    at = next
  }
  return { end: most, bodyStart: most, isProper: most === bytes.length }
}

function kindOf(line: string, isFirst: boolean): 'empty' | 'blank' | 'field' | 'other' {
  if (line === '\n' || line === '\r\n') return 'empty'
  if (isFirst && MAILBOX_LINE.test(line)) return 'field'
  if (FIELD.test(line)) return 'field'
  if (isFirst || (line[0] !== ' ' && line[0] !== '\t')) return 'other'
  return line.trim() === '' ? 'blank' : 'field'
}

/** Whether the next line is a field or continues one. */
function isField(bytes: Buffer, at: number, most: number): boolean {
  const line = bytes.toString('latin1', at, lineEnd(bytes, at, most))
  return FIELD.test(line) || (/^[ \t]/.test(line) && line.trim() !== '')
}

function goesOn(bytes: Buffer, at: number, most: number): boolean {
  return GOES_ON.test(bytes.toString('latin1', at, Math.min(at + 40, most)))
}

function lineEnd(bytes: Buffer, at: number, most: number): number {
  const end = bytes.indexOf(LF, at)
  return end < 0 || end >= most ? most : end + 1
}
