import { type ParsedMail, simpleParser } from 'mailparser'
import { VISIBLE } from '../../../../data/invisible.ts'
import { KIB, MIB } from '../../../../data/sizes.ts'
import { LONGEST_KEPT, mayBeLong } from '../../../../handlers/params/kept_text.ts'
import { plainText } from '../../../../handlers/params/plain_text.ts'
import { safeFilename } from '../../../files/filename.ts'
import { LONGEST_HEADER_BLOCK } from '../headers.ts'
import { MOST_NAMES } from '../missing_parts.ts'

/** A message to this process: a piece of a mail, which is parsed after the last piece, or a request for a piece of the result. */
export type ParserAsked =
  | { readonly mail: Uint8Array; readonly isFirst: boolean; readonly isLast: boolean }
  | { readonly content: number; readonly from: number }
/** A message from this process: that it is ready, or an answer. */
export type Told = 'ready' | { readonly parsed: Apart | null } | { readonly piece: Uint8Array }

/** A parsed mail. Large contents are not part of it; they are requested by their number. */
export interface Apart {
  readonly subject: string
  /** The address of the first mailbox of From. */
  readonly from: string | null
  /** Plain text; if it is too long for a record, it is content 0. */
  readonly text: string | { readonly size: number }
  /** The first one is content 1. */
  readonly attachments: readonly {
    readonly filename: string | undefined
    readonly mime_type: string
    readonly size: number
    readonly content: Uint8Array | undefined
  }[]
  /** The attachments beyond the limit of a follow-up: their count, and the names of the first few. */
  readonly leftOut: { readonly count: number; readonly names: readonly string[] }
}

/** In characters. Longer HTML is not converted to text: a long table row, or a long word of links, takes quadratic time. */
const LONGEST_HTML = 256 * KIB
const HTML_NAME = 'mail.html'
const HTML_LINE = `(The HTML of this mail is too long or too deeply nested to be shown as text. It is attached as ${HTML_NAME}.)`
/** A valid media type is shorter (RFC 6838 4.2), so a type that is cut is treated as invalid. */
const LONGEST_TYPE = 256
/** The contents that an answer includes, and the size of each requested piece, in bytes. */
const LARGEST_TOLD = MIB
const PIECE = 256 * KIB
/** The limit of a follow-up; if a mail has more, the mail itself takes the place of the last one. */
const MOST_ATTACHMENTS = 100

let pieces: Uint8Array[] = []
let contents: readonly Uint8Array[] = []

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
  tell({ parsed: await parse(Buffer.concat(pieces.splice(0))).catch(() => null) })
})
process.on('disconnect', () => process.exit(0))
tell('ready')

function tell(told: Told): void {
  process.send?.(told)
}

/** Parses a mail. HTML is converted to text if it is short enough; for a long mail that is only known after a first parse. */
async function takenApart(raw: Buffer): Promise<ParsedMail> {
  if (raw.length <= LONGEST_HTML) return simpleParser(raw, optionsFor(LONGEST_HTML))
  const mail = await simpleParser(raw, optionsFor(0))
  const mayBeRead =
    mail.textConversionError && typeof mail.html === 'string' && mail.html.length <= LONGEST_HTML
  return mayBeRead ? simpleParser(raw, optionsFor(LONGEST_HTML)) : mail
}

function optionsFor(maxHtmlLengthToParse: number) {
  return {
    skipTextToHtml: true,
    skipTextLinks: true,
    skipImageLinks: true,
    checksumAlgo: false,
    maxHeadSize: LONGEST_HEADER_BLOCK,
    maxHtmlLengthToParse,
  } as const
}

async function parse(raw: Buffer): Promise<Apart> {
  const mail = await takenApart(raw)
  const found = mail.attachments.map(({ filename, contentType, content }) => ({
    filename: filename === undefined ? undefined : safeFilename(filename),
    mime_type: contentType.slice(0, LONGEST_TYPE),
    content,
  }))
  const unread = mail.textConversionError !== undefined
  // HTML that could not be converted to text becomes an attachment, so that nothing of the mail is lost.
  if (mail.html && (unread || !VISIBLE.test(mail.text ?? '')))
    found.unshift({ filename: HTML_NAME, mime_type: 'text/html', content: Buffer.from(mail.html) })
  const attachments = found.length > MOST_ATTACHMENTS ? found.slice(0, MOST_ATTACHMENTS - 1) : found
  const leftOut = found.slice(attachments.length)
  const said = plainText(mail.text ?? '').trim()
  const text = unread ? `${HTML_LINE}\n\n${said}`.trim() : said
  const long = mayBeLong(text) ? Buffer.from(text) : Buffer.alloc(0)
  contents = [long, ...attachments.map(({ content }) => content)]
  let told = 0
  return {
    subject: mail.subject ?? '',
    from: mail.from?.value[0]?.address ?? null,
    text: long.length > LONGEST_KEPT ? { size: long.length } : text,
    attachments: attachments.map(({ content, ...named }) => {
      told += content.length
      return { ...named, size: content.length, content: told > LARGEST_TOLD ? undefined : content }
    }),
    leftOut: {
      count: leftOut.length,
      names: leftOut.slice(0, MOST_NAMES).map(({ filename }) => safeFilename(filename)),
    },
  }
}
