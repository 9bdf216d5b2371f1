import type { Attachment } from '../data/tables.ts'
import type { KeptText } from './params/kept_text.ts'

/** A line that a door has made of something longer: the subject of a mail, the reply of a server. People may give less. */
export interface CutLine {
  readonly line: string
}
/** A mail address that a door has parsed. */
export interface ParsedAddress {
  readonly address: string
}

/** A value that is no text: a number or a boolean as JSON has them, or a record that only a door can make. */
export type TypedValue = number | boolean | CutLine | ParsedAddress | KeptText | readonly Attachment[]
/** What a door hands over for a parameter: a text, in UTF-8 where it is too long for a record; or a typed value. */
export type ParamValue = string | Uint8Array | TypedValue
export type ParamValues = Readonly<Record<string, ParamValue>>
