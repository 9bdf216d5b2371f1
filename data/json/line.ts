import { crc32 } from 'node:zlib'
import { Failure } from '../failure.ts'
import { MIB } from '../sizes.ts'

/** The part before the JSON: eight hex digits and a blank. */
const PREFIX_BYTES = 9

/** A journal line: the CRC-32 of the JSON in eight hex digits, a blank, the JSON, a line feed. */
export function lineOf(value: object): string {
  return lineWith(JSON.stringify(value))
}

/** Longest line of a commit. */
const LONGEST_BYTES = 32 * MIB

/** The line of a commit. Throws Failure `too_large` above 32 MiB, which also keeps it below V8's maximum string length. */
export function commitLine(json: string): string {
  const line = lineWith(json)
  if (Buffer.byteLength(line) > LONGEST_BYTES) throw tooLarge()
  return line
}

/** A value as JSON. Throws Failure `too_large` above V8's maximum string length. */
export function jsonOf(value: object): string {
  try {
    return JSON.stringify(value)
  } catch (error) {
    if (error instanceof RangeError) throw tooLarge()
    throw error
  }
}

/** Joins JSON texts with commas. Throws Failure `too_large` above 32 MiB. */
export function joined(texts: readonly string[]): string {
  // Checked first, since V8's error for a string that is too long does not say what was wrong.
  if (texts.reduce((sum, { length }) => sum + length, 0) > LONGEST_BYTES) throw tooLarge()
  return texts.length === 1 ? texts[0]! : texts.join(',')
}

function lineWith(json: string): string {
  return `${checksum(json)} ${json}\n`
}

function tooLarge(): Failure {
  return new Failure(
    'too_large',
    `This change is too large: one commit holds at most ${LONGEST_BYTES / MIB} MiB of JSON; nothing was changed. Send less at once.`,
  )
}

/** The value of a line, given without its line feed; undefined if the line is damaged. */
export function parsedLine(line: Buffer): object | undefined {
  const json = line.subarray(PREFIX_BYTES)
  if (json.length === 0) return undefined
  if (line.toString('latin1', 0, PREFIX_BYTES) !== `${checksum(json)} `) return undefined
  return JSON.parse(json.toString())
}

function checksum(json: string | Uint8Array): string {
  return hex(crc32(json))
}

/** A CRC-32 in eight hex digits. */
export function hex(checksum: number): string {
  return checksum.toString(16).padStart(8, '0')
}
