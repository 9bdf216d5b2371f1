import { type ParsedMail, simpleParser } from 'mailparser'
import { VISIBLE } from '../../../../data/invisible.ts'
import { KIB, MIB } from '../../../../data/sizes.ts'
import { LONGEST_KEPT, mayBeLong } from '../../../../handlers/params/kept_text.ts'
import { plainText } from '../../../../handlers/params/plain_text.ts'
import { safeFilename } from '../../../files/filename.ts'
import { LONGEST_HEADER_BLOCK } from '../headers.ts'
import { MOST_NAMES } from '../missing_parts.ts'

/** What this process is asked: to take a mail apart when its last piece is there, or for a piece of what it came to. */
export type ParserAsked =
  | { readonly mail: Uint8Array; readonly isFirst: boolean; readonly isLast: boolean }
  | { readonly content: number; readonly from: number }
/** What it says: that it can begin, and what it was asked for. */
export type Told = 'ready' | { readonly parsed: Apart | null } | { readonly piece: Uint8Array }

/** What it makes of a mail. What is large is not in it, and asked for by the number of its content. */
export interface Apart {
  readonly subject: string
  /** The address of the first mailbox of From. */
  readonly from: string | null
  /** Plain; the content 0 where it is too long for a record. */
  readonly text: string | { readonly size: number }
  /** The first is the content 1. */
  readonly attachments: readonly {
    readonly filename: string | undefined
    readonly mime_type: string
    readonly size: number
    readonly content: Uint8Array | undefined
  }[]
  /** What is not among them, since a ticket takes no more: how many, and how the first of them are called. */
  readonly leftOut: { readonly count: number; readonly names: readonly string[] }
}

/**
 * How much HTML of a mail becomes text, in characters: one long row of a table, or one long word of links, takes the square of its length.
 */
const LONGEST_HTML = 256 * KIB
const HTML_NAME = 'mail.html'
const HTML_LINE = `(The HTML of this mail is too long or too deeply nested to be shown as text. It is attached as ${HTML_NAME}.)`
/** A good one is shorter (RFC 6838 4.2), so one that is cut is not taken for good. */
const LONGEST_TYPE = 256
/** Of what is told at once, and of each piece that is asked for. */
const LARGEST_TOLD = MIB
const PIECE = 256 * KIB
/** A follow-up has so many at the most; where there are more, the mail itself takes the place of the last. */
const MOST_ATTACHMENTS = 100

let pieces: Uint8Array[] = []
let contents: readonly Uint8Array[] = []

/** Runs as a process of its own: what a hostile mail does to a parser, it does here. */
process.on('message', async (asked: ParserAsked) => {
  if ('content' in asked) {
    tell({ piece: contents[asked.content]!.subarray(asked.from, asked.from + PIECE) })
    return
  }
  // Of the mail before there may not have been a last one.
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

/** Takes a mail apart. HTML becomes text where it is short enough, which is known only when the mail has been taken apart. */
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
  // HTML that could not be turned into text is kept beside it: nothing of a mail is lost.
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
