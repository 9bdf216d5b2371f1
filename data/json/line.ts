import { crc32 } from 'node:zlib'
import { Failure } from '../failure.ts'
import { MIB } from '../sizes.ts'

/** What stands before the JSON: eight hex digits and a blank. */
const PREFIX_BYTES = 9

/** One journal line: the CRC-32 of the JSON's bytes in eight hex digits, a blank, the JSON, a line feed. */
export function lineOf(value: object): string {
  return lineWith(JSON.stringify(value))
}

/** Of the line of one commit. */
const LONGEST_BYTES = 32 * MIB

/** The line of a commit. Throws Failure `too_large` for one of more than 32 MiB, which also keeps it below the longest string of V8. */
export function commitLine(json: string): string {
  const line = lineWith(json)
  if (Buffer.byteLength(line) > LONGEST_BYTES) throw tooLarge()
  return line
}

/** Throws Failure `too_large` for what is longer than the longest string of V8. */
export function jsonOf(value: object): string {
  try {
    return JSON.stringify(value)
  } catch (error) {
    if (error instanceof RangeError) throw tooLarge()
    throw error
  }
}

/** Texts of JSON with commas between them. Throws Failure `too_large`. */
export function joined(texts: readonly string[]): string {
  // Checked before, since the longest string of V8 is no error that says what was wrong.
  if (texts.reduce((sum, { length }) => sum + length, 0) > LONGEST_BYTES) throw tooLarge()
  return texts.length === 1 ? texts[0]! : texts.join(',')
}

function lineWith(json: string): string {
  return `${checksum(json)} ${json}\n`
}

function tooLarge(): Failure {
  return new Failure(
    'too_large',
    `This is too large to be kept: one change takes at most ${LONGEST_BYTES / MIB} MiB as JSON; nothing was changed. Send less at once.`,
  )
}

/** Reads a line back (without its line feed); undefined where it is not as it was written. */
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
