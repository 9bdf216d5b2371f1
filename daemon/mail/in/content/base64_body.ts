import { KIB } from '../../../../data/sizes.ts'

const LF = 10
/** In bytes; RFC 2045 6.8 allows lines of 76 characters, and some programs write all in one line. */
const LONGEST_LINE = 1000
const NO_BASE64 = /[^A-Za-z0-9+/=]+/g
const STRANGER = /[^A-Za-z0-9+/=\s]/
const WORD = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{4}|[A-Za-z0-9+/]{2,3}={1,2})$/
const CUT_WORD = /^[A-Za-z0-9+/]+={0,2}$/
const CHUNK = 64 * KIB

/** Whether a body that is said to be base64 begins like prose: its first visible line has other characters, or blanks between words. */
export function beginsAsProse(raw: Buffer, start: number): boolean {
  const words = firstLine(raw, start).split(/[ \t]+/)
  if (words.length === 1) return words[0] !== '' && !CUT_WORD.test(words[0]!)
  return !words.every(word => WORD.test(word))
}

/** Whether there is something else in base64, such as a footer that a mailing list has added. */
export function hasStrangers(raw: Buffer, start: number, end: number): boolean {
  for (let at = start; at < end; at += CHUNK)
    if (STRANGER.test(raw.toString('latin1', at, Math.min(at + CHUNK, end)))) return true
  return false
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
  const line = raw.toString('latin1', at, Math.min(end, at + LONGEST_LINE)).trimEnd()
  // A cut line has no cut group.
  return end - at > LONGEST_LINE ? line.slice(0, LONGEST_LINE) : line
}
