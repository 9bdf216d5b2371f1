import { filesOf, type KeptFile, keys, type Row, type Table } from '../tables.ts'

/**
 * A record as its line of JSON, one character for each byte of UTF-8, the usual phrases behind the text as one character each. Where a
 * record is mostly text that takes less memory than the object, most of all where the text has a character beyond Latin-1, and a start
 * need not take it apart.
 */
export type Packed = string

/** The usual phrases. Each is marked by the control character of its place, counted from 1: in JSON control characters are escaped. */
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
/** What stands behind the text. It may stand within one too: then less of the line is looked at. */
const BEHIND_TEXT = ',"public":'

/** The tables whose records are packed: the field where the text begins, and what stands in a line that names a file. */
const forms: { readonly [T in Table]?: { readonly text: string; readonly files: readonly string[] } } = {
  followups: { text: ',"comment":', files: ['"file":"', '"comment_file":"'] },
}

/** Whether the records of a table are packed, but for those that name files. */
export function isPacked(table: Table): boolean {
  return forms[table] !== undefined
}

/** A start must look at the records that name files, so these stay objects. */
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

/** What the line of a record becomes where it is kept. */
export function packed(line: string): Packed {
  const at = Math.max(line.lastIndexOf(BEHIND_TEXT), 0)
  // Joined and not added, since the text of a sum keeps both of its parts.
  return [line.slice(0, at), marked(line.slice(at))].join('')
}

/** The same of a line in a buffer, from `start` to `end`, which is overwritten: a start has no time for strings that nobody keeps. */
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

/** The record again, a new object each time. */
export function unpacked<T extends Table>(kept: Packed): Row<T> {
  const line = lineOfPacked(kept)
  return JSON.parse(/[\x80-\xff]/.test(line) ? Buffer.from(line, 'latin1').toString() : line)
}

/**
 * What stands in a packed line before its text, with the id and all that the table is looked up by. Undefined for a record that names files, or
 * that says it in another order.
 */
export function headOf<T extends Table>(table: T, line: Packed): Row<T> | undefined {
  const { text, files } = forms[table]!
  const end = line.indexOf(text)
  // Within a text there would be a backslash before the quotes.
  if (end < 0 || files.some(name => line.includes(name))) return undefined
  const head = JSON.parse(`${line.slice(0, end)}}`)
  return ['id', ...keys[table]].every(field => field in head) ? head : undefined
}
