import { crc32 } from 'node:zlib'

/** One journal line: the CRC-32 of the JSON in eight hex digits, a blank, the JSON, a line feed. */
export function lineOf(value: object): string {
  const json = JSON.stringify(value)
  return `${checksum(json)} ${json}\n`
}

/** Reads a line back (without its line feed); undefined where it is not as it was written. */
export function parsedLine(line: Buffer): unknown {
  const json = line.toString('utf8', 9)
  if (line.toString('latin1', 0, 9) !== `${checksum(json)} `) return undefined
  return JSON.parse(json)
}

function checksum(json: string): string {
  return crc32(json).toString(16).padStart(8, '0')
}
