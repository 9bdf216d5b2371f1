import { KIB } from '../../../data/sizes.ts'

/** What is behind it is looked at by nobody: a command has much less, and a mail that goes in circles has what shows it in front. */
export const LONGEST_BLOCK = 256 * KIB
/** What is behind so many fields is looked at by nobody: no mail program writes as many, and each look goes through them all. */
const MOST_FIELDS = 2000

/** The header block of a mail as it came: nothing decoded, nothing guessed. */
export interface Headers {
  /** Its bytes, without the empty line behind it, as Latin-1. */
  readonly block: string
  readonly fields: readonly Field[]
  /** Where the body begins; 0 where no empty line says so: then nobody knows what is header and what is body. */
  readonly bodyStart: number
}
export interface Field {
  /** In lower case; empty where the line is no field. */
  readonly name: string
  /** Unfolded, without blanks around it. */
  readonly value: string
}

/** Reads the header block at the beginning of a mail, as far as 256 KiB and 2,000 fields. */
export function readHeaders(raw: Buffer): Headers {
  const head = raw.toString('latin1', 0, LONGEST_BLOCK)
  const end = /^\r?\n|\r?\n\r?\n/.exec(head)
  const block = end ? head.slice(0, end.index) : head
  const bodyStart = end ? end.index + end[0].length : 0
  const fields = block
    .split(/\r?\n(?![ \t])/, MOST_FIELDS)
    .filter(line => line !== '')
    .map(fieldOf)
  return { block, fields, bodyStart }
}

function fieldOf(line: string): Field {
  const colon = line.indexOf(':')
  const name = colon < 0 ? '' : line.slice(0, colon).trim().toLowerCase()
  const value = line
    .slice(colon + 1)
    .replace(/\r?\n[ \t]+/g, ' ')
    .trim()
  return { name, value }
}

/** The values of all fields of a name. */
export function valuesOf({ fields }: Headers, name: string): string[] {
  return fields.filter(field => field.name === name).map(({ value }) => value)
}

export function firstOf(headers: Headers, name: string): string | undefined {
  return valuesOf(headers, name)[0]
}
