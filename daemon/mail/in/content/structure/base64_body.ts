import { KIB } from '../../../../../data/sizes.ts'

const LF = 10
/** In bytes; RFC 2045 6.8 allows lines of 76 characters, and some programs write all in one line. */
const LONGEST_LINE = 1000
const NO_BASE64 = /[^A-Za-z0-9+/=]+/g
const STRANGER = /[^A-Za-z0-9+/=\s]/
const TWO_WORDS = /\S[ \t]+\S/
const WORD = /^[A-Za-z0-9+/]+={0,2}$/
const CHUNK = 64 * KIB

/** Whether a body that is said to be base64 begins like prose: its first visible line has other characters, or blanks between words. */
export function beginsAsProse(raw: Buffer, start: number): boolean {
  const line = firstLine(raw, start)
  // An empty file ends with a boundary delimiter.
  if (line.startsWith('--')) return false
  const words = line.split(/[ \t]+/)
  if (words.length === 1) return words[0] !== '' && !WORD.test(words[0]!)
  return !words.every(word => word.length % 4 === 0 && WORD.test(word))
}

/** Whether there is prose in base64, such as a footer that a mailing list has added. Single characters are junk, which is left out. */
export function hasProse(raw: Buffer, start: number, end: number): boolean {
  let hasStranger = false
  let hasWords = false
  for (let at = start; at < end && !(hasStranger && hasWords); at += CHUNK) {
    const chunk = raw.toString('latin1', at, Math.min(at + CHUNK, end))
    hasStranger ||= STRANGER.test(chunk)
    hasWords ||= TWO_WORDS.test(chunk)
  }
  return hasStranger && hasWords
}

/** Whether base64 that goes on to the end of the mail stops inside a group of four characters (RFC 4648 4). */
export function isIncomplete(raw: Buffer, start: number): boolean {
  let count = 0
  for (let at = start; at < raw.length; at += CHUNK)
    count += raw.toString('latin1', at, Math.min(at + CHUNK, raw.length)).replace(NO_BASE64, '').length
  return count % 4 !== 0
}

function firstLine(raw: Buffer, start: number): string {
  let at = start
  while (at < raw.length && raw[at]! <= 0x20) at++
  const lf = raw.indexOf(LF, at)
  const end = lf < 0 ? raw.length : lf
  return raw.toString('latin1', at, Math.min(end, at + LONGEST_LINE)).trimEnd()
}
