import { headerEnd } from './header_end.ts'

/** Further fields are ignored; no mail program writes as many. */
const MOST_FIELDS_READ = 2000
/** In characters; no mail program writes a longer Message-ID. */
const LONGEST_MESSAGE_ID = 995
const NONE: readonly string[] = []

/** The header block of a mail, not decoded. */
export interface Headers {
  /** Its bytes as Latin-1, without the empty line after it. */
  readonly block: string
  /** In the order of the mail. */
  readonly fields: readonly Field[]
  /** The values of all fields by name, in lower case; names and values are in the order of the mail. */
  readonly values: ReadonlyMap<string, readonly string[]>
  /** The offset of the body. */
  readonly bodyStart: number
  /** Whether an empty line or the end of the mail ends the block. */
  readonly isProper: boolean
}
export interface Field {
  /** In lower case; empty if the line is not a field. */
  readonly name: string
  /** Unfolded and trimmed. */
  readonly value: string
}

/** Reads the header block that begins at `start` of a mail, up to 256 KiB and 2,000 fields. */
export function readHeaders(raw: Buffer, start = 0): Headers {
  const { end, bodyStart, isProper } = headerEnd(raw, start)
  const block = raw.toString('latin1', start, end).replace(/\r?\n$/, '')
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
  return { block, fields, values, bodyStart, isProper }
}

function fieldOf(line: string): Field {
  const colon = line.indexOf(':')
  const name = colon < 0 ? '' : line.slice(0, colon).trim().toLowerCase()
  return { name, value: unfolded(line.slice(colon + 1)) }
}

/** The value of a field on one line (RFC 5322 2.2.3). */
export function unfolded(value: string): string {
  return value.replace(/\r?\n[ \t]+/g, ' ').trim()
}

/** The values of all fields with a name; the name is in lower case. */
export function valuesOf({ values }: Headers, name: string): readonly string[] {
  return values.get(name) ?? NONE
}

/** The value of the first field with a name; the name is in lower case. */
export function firstOf({ values }: Headers, name: string): string | undefined {
  return values.get(name)?.[0]
}

/** The Message-ID; null if it is missing or malformed. */
export function messageIdOf(headers: Headers): string | null {
  const value = firstOf(headers, 'message-id') ?? ''
  return value.length <= LONGEST_MESSAGE_ID && /^<[!-;=?-~][!-;=?A-~]*@[!-;=?-~]+>$/.test(value)
    ? value
    : null
}
