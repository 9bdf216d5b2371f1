import { crc32 } from 'node:zlib'

/** What stands before the JSON: eight hex digits and a blank. */
const PREFIX_BYTES = 9

/** One journal line: the CRC-32 of the JSON's bytes in eight hex digits, a blank, the JSON, a line feed. */
export function lineOf(value: object): string {
  const json = JSON.stringify(value)
  return `${checksum(json)} ${json}\n`
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
