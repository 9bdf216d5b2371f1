import { keys } from '../indexes.ts'
import { filesOf, type KeptFile } from '../kept_files.ts'
import type { Row, Table } from '../tables.ts'

/**
 * A record as its line of JSON, one character for each byte of UTF-8, with frequent phrases after the text as one character each. For
 * records that are mostly text this takes less memory than an object, above all if the text has a character beyond Latin-1, and the
 * start need not parse it.
 */
export type Packed = string

/** Frequent phrases. Each becomes the control character of its place, counted from 1; JSON escapes control characters, so none is in the text. */
const PHRASES = [
  ',"public":true,"author":{"kind":"submitter","address":',
  ',"public":false,"author":{"kind":"submitter","address":',
  ',"public":true,"author":{"kind":"user","user":',
  ',"public":false,"author":{"kind":"user","user":',
  ',"automatic":false},"door":"mail","changes":[],"attachments":[],"message_id":',
  '},"door":"mail","changes":[],"attachments":[],"message_id":',
  '},"door":"http","changes":[],"attachments":[],"message_id":null}',
] as const
const MARKS = new RegExp(`[\\x01-\\x0${PHRASES.length}]`, 'g')
/** The field after the text. Phrases are replaced only from its last occurrence on. */
const BEHIND_TEXT = ',"public":'

/** The tables whose records are packed: the field with the text, and what a line that names a file contains. */
const forms: { readonly [T in Table]?: Form } = {
  followups: {
    text: ',"comment":',
    least: '{"id":1,"ticket":1,"date":"2026-01-01T00:00:00.000Z","comment":'.length,
    files: ['"file":"', '"comment_file":"'],
  },
}
interface Form {
  readonly text: string
  /** The least index at which the text can begin. */
  readonly least: number
  readonly files: readonly string[]
}

/** Whether the records of a table are packed, except those that name files. */
export function isPacked(table: Table): boolean {
  return forms[table] !== undefined
}

/** Whether a record is packed. Records that name files stay objects, since the start reads them. */
export function canBePacked<T extends Table>(table: T, record: Row<T>): boolean {
  const files: ((record: Row<T>) => readonly KeptFile[]) | undefined = filesOf[table]
  return isPacked(table) && !files?.(record).length
}

/** JSON with one character for each byte of its UTF-8. */
export function latin1Of(json: string): string {
  const isAscii = Buffer.byteLength(json) === json.length
  return isAscii ? json : Buffer.from(json).toString('latin1')
}

export function lineOfPacked(packed: Packed): string {
  return packed.replace(MARKS, mark => PHRASES[mark.charCodeAt(0) - 1]!)
}

/** Packs the line of a record. */
export function packed(line: string): Packed {
  const at = Math.max(line.lastIndexOf(BEHIND_TEXT), 0)
  // `join`, since a string made with + keeps both of its parts in memory.
  return [line.slice(0, at), marked(line.slice(at))].join('')
}

/** As `packed`, for a line in a buffer from `start` to `end`, which is overwritten. It makes no temporary strings, to keep the start fast. */
export function packedIn(bytes: Buffer, start: number, end: number): Packed {
  const at = Math.max(bytes.lastIndexOf(BEHIND_TEXT, end - 1), start)
  const tail = marked(bytes.toString('latin1', at, end))
  return bytes.toString('latin1', start, at + bytes.write(tail, at, 'latin1'))
}

function marked(tail: string): string {
  let text = tail
  for (let place = 0; place < PHRASES.length; place++)
    text = text.replace(PHRASES[place]!, String.fromCharCode(place + 1))
  return text
}

/** Unpacks a record; gives a new object each time. */
export function unpacked<T extends Table>(kept: Packed): Row<T> {
  const line = lineOfPacked(kept)
  return JSON.parse(/[\x80-\xff]/.test(line) ? Buffer.from(line, 'latin1').toString() : line)
}

/**
 * The fields of a packed line before its text: the id and all keys of the table. Undefined for a record that names files, or that has
 * its fields in another order.
 */
export function headOf<T extends Table>(table: T, line: Packed): Row<T> | undefined {
  const { text, files } = forms[table]!
  const end = line.indexOf(text)
  // In a text, the quotes would be escaped.
  if (end < 0 || files.some(name => line.includes(name))) return undefined
  const head = JSON.parse(`${line.slice(0, end)}}`)
  return ['id', ...keys[table]].every(field => field in head) ? head : undefined
}

/** The least index at which the text of a packed line of a table can begin. */
export function leastBeginning(table: Table): number {
  return forms[table]?.least ?? 0
}
