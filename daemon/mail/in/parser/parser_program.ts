import { KIB, MIB } from '../../../../data/sizes.ts'
import { LONGEST_KEPT, mayBeLong } from '../../../../handlers/params/kept_text.ts'
import { version } from '../../../version.ts'
import { contentOf } from '../content/content.ts'
import type { RecipientStatus } from '../content/delivery_status.ts'
import type { Forward } from '../content/forward/forward.ts'
import type { PartFile } from '../content/pieces_of_mail.ts'
import type { From } from '../content/sender/from_field.ts'
import { MOST_NAMES } from '../received/missing_parts.ts'
import { OTHER_VERSION_EXIT } from './other_version.ts'

/** A message to this process: a piece of a mail, which is parsed after the last piece, or a request for a piece of the result. */
export type ParserAsked =
  | { readonly mail: Uint8Array; readonly isFirst: boolean; readonly isLast: boolean }
  | { readonly content: number; readonly from: number }
/** A message from this process: that it is ready, or an answer. */
export type Told = 'ready' | { readonly parsed: Apart | null } | { readonly piece: Uint8Array }

/** A content of a mail; a large one is not told, but requested by its number. */
export interface ToldContent {
  readonly size: number
  readonly number: number
  readonly bytes: Uint8Array | undefined
}
export interface ToldFile extends ToldContent {
  readonly filename: string
  readonly mime_type: string
}
/** Plain text. */
export type ToldText = string | ToldContent

/** What a mail forwards; `words` stand above it, if it stands in the text. */
export interface ToldForward extends Omit<Forward, 'inline'> {
  readonly words: string | undefined
}

/** A parsed mail. */
export interface Apart {
  readonly from: From
  readonly replyTo: From
  /** The addresses in To and in Cc. */
  readonly to: readonly string[]
  readonly cc: readonly string[]
  readonly subject: string
  readonly isSubjectGuess: boolean
  readonly text: ToldText
  /** The text without quoted history and signature, if that is not the whole text. */
  readonly newText: ToldText | undefined
  /** Whether there is more in the text than quoted history and a signature. */
  readonly isNew: boolean
  /** What it forwards, without the text of that. */
  readonly forward: ToldForward | undefined
  /** The text of the mail that stands in it and that it forwards. */
  readonly forwardedText: ToldText | undefined
  /** The HTML that the text was made from. */
  readonly html: ToldFile | undefined
  readonly attachments: readonly ToldFile[]
  /** The attachments beyond the limit of a follow-up: their count, and the names of the first few. */
  readonly leftOut: { readonly count: number; readonly names: readonly string[] }
  /** What was wrong with the mail, as clauses. */
  readonly faults: readonly string[]
  /** What was guessed, as clauses. */
  readonly guesses: readonly string[]
  /** What its delivery reports say about each recipient. */
  readonly recipientStatuses: readonly RecipientStatus[]
  /** The Message-IDs of the mails that it may report on. */
  readonly reportedIds: readonly string[]
  /** The type of its report about abuse, such as `abuse`. */
  readonly feedbackType: string | undefined
}

/** A valid media type is shorter (RFC 6838 4.2), so a type that is cut is treated as invalid. */
const LONGEST_TYPE = 256
/** The contents that an answer includes, and the size of each requested piece, in bytes. */
const LARGEST_TOLD = MIB
const PIECE = 256 * KIB
/** The limit of a follow-up; if a mail has more, the mail itself takes the place of the last one. */
const MOST_ATTACHMENTS = 100
/** HTML in a file says its charset by a byte order mark, which counts for more than what it declares itself (HTML 13.2.3.1). */
const MARK = '\ufeff'

let pieces: Uint8Array[] = []
let contents: Uint8Array[] = []

/** This program is a process of its own, so that a hostile mail can only harm this process. */
process.on('message', async (asked: ParserAsked) => {
  if ('content' in asked) {
    tell({ piece: contents[asked.content]!.subarray(asked.from, asked.from + PIECE) })
    return
  }
  // The last piece of the previous mail may never have come.
  if (asked.isFirst) pieces = []
  pieces.push(asked.mail)
  if (!asked.isLast) return
  contents = []
  tell({ parsed: await apart(Buffer.concat(pieces.splice(0))).catch(() => null) })
})
process.on('disconnect', () => process.exit(0))
if (process.argv[2] !== version()) process.exit(OTHER_VERSION_EXIT)
tell('ready')

function tell(told: Told): void {
  process.send?.(told)
}

async function apart(raw: Buffer): Promise<Apart> {
  const { text, newText, html, files, forward, ...told } = await contentOf(raw)
  const attached = files.length > MOST_ATTACHMENTS ? files.slice(0, MOST_ATTACHMENTS - 1) : files
  const leftOut = files.slice(attached.length)
  const room = { left: LARGEST_TOLD }
  // What is spread comes last, which is faster (see mailFactsOf).
  return {
    text: toldText(text, room),
    newText: newText === undefined ? undefined : toldText(newText, room),
    forward: forward && toldForward(forward),
    forwardedText: forward?.inline && toldText(forward.inline.text, room),
    html:
      html === undefined ? undefined : toldFile({ ...HTML_FILE, content: Buffer.from(MARK + html) }, room),
    attachments: attached.map(file => toldFile(file, room)),
    leftOut: {
      count: leftOut.length,
      names: leftOut.slice(0, MOST_NAMES).map(({ filename }) => filename),
    },
    ...told,
  }
}

function toldForward({ inline, ...forward }: Forward): ToldForward {
  return { ...forward, words: inline?.words }
}

interface Room {
  left: number
}

const HTML_FILE = { filename: 'original.html', mime_type: 'text/html' }

function toldText(text: string, room: Room): ToldText {
  const bytes = mayBeLong(text) ? Buffer.from(text) : undefined
  return bytes && bytes.length > LONGEST_KEPT ? toldContent(bytes, room) : text
}

function toldFile({ filename, mime_type, content }: PartFile, room: Room): ToldFile {
  return {
    filename,
    mime_type: mime_type.slice(0, LONGEST_TYPE),
    ...toldContent(content, room),
  }
}

function toldContent(bytes: Uint8Array, room: Room): ToldContent {
  const number = contents.push(bytes) - 1
  room.left -= bytes.length
  return { size: bytes.length, number, bytes: room.left < 0 ? undefined : bytes }
}
