import type { Attachment } from '../data/tables.ts'
import type { KeptText } from './params/kept_text.ts'

/** A line that a door has made from a mail's subject or a server's reply. It may be longer than a line that a caller sends. */
export interface CutLine {
  readonly line: string
}
/** A mail address that a door has parsed. */
export interface ParsedAddress {
  readonly address: string
}

/** The sender of a mail that a door has parsed; without an address, `name` is the From as written. */
export interface ParsedSender {
  readonly address: string | null
  readonly name: string
}

/** A value that is not text: a JSON number or boolean, or a record that only a door can make. */
export type TypedValue =
  | number
  | boolean
  | CutLine
  | ParsedAddress
  | ParsedSender
  | KeptText
  | readonly Attachment[]
/** What a door hands over for a parameter: text, in UTF-8 bytes if it may be too long for a record, or a typed value. */
export type ParamValue = string | Uint8Array | TypedValue
export type ParamValues = Readonly<Record<string, ParamValue>>
