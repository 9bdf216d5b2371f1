import { KIB } from '../../../data/sizes.ts'

/** What is behind it is looked at by nobody: a command has much less, and a mail that goes in circles has what shows it in front. */
export const LONGEST_HEADER_BLOCK = 256 * KIB
/** What is behind so many fields is looked at by nobody: no mail program writes as many. */
const MOST_FIELDS_READ = 2000
/** No mail program makes a longer one; what is longer is not a Message-ID. */
const LONGEST_MESSAGE_ID = 995
const NONE: readonly string[] = []

/** The header block of a mail as it came: nothing decoded, nothing guessed. */
export interface Headers {
  /** Its bytes, without the empty line behind it, as Latin-1. */
  readonly block: string
  /** In their order. */
  readonly fields: readonly Field[]
  /** By name, in lower case, the values of all its fields; the names and the values in their order. */
  readonly values: ReadonlyMap<string, readonly string[]>
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
  const head = raw.toString('latin1', 0, LONGEST_HEADER_BLOCK)
  const end = /^\r?\n|\r?\n\r?\n/.exec(head)
  const block = end ? head.slice(0, end.index) : head
  const bodyStart = end ? end.index + end[0].length : 0
  const fields: Field[] = []
  const values = new Map<string, string[]>()
  for (const line of block.split(/\r?\n(?![ \t])/, MOST_FIELDS_READ)) {
    if (line === '') continue
    const field = fieldOf(line)
    fields.push(field)
    const before = values.get(field.name)
    if (before) before.push(field.value)
    else values.set(field.name, [field.value])
  }
  return { block, fields, values, bodyStart }
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

/** The values of all fields of a name, in lower case. */
export function valuesOf({ values }: Headers, name: string): readonly string[] {
  return values.get(name) ?? NONE
}

/** The value of the first field of a name, in lower case. */
export function firstOf({ values }: Headers, name: string): string | undefined {
  return values.get(name)?.[0]
}

/** The Message-ID, where it is written as one. */
export function messageIdOf(headers: Headers): string | null {
  const value = firstOf(headers, 'message-id') ?? ''
  return value.length <= LONGEST_MESSAGE_ID && /^<[!-;=?-~][!-;=?A-~]*@[!-;=?-~]+>$/.test(value)
    ? value
    : null
}
