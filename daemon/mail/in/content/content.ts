// One thing: what a mail says, gathered in the child process: one limit on HTML and one list of guesses hold for all its parts.
import { VISIBLE } from '../../../../data/invisible.ts'
import { withoutLetterKeys } from '../../../../data/letter_key.ts'
import { KIB } from '../../../../data/sizes.ts'
import { htmlText, LONGEST_HTML } from '../../html_text/html_text.ts'
import { firstOf, type Headers, valuesOf } from '../headers.ts'
import { newWords } from './answer/new_words.ts'
import { headerText } from './charset/header_words.ts'
import { type RecipientStatus, recipientStatuses } from './delivery_status.ts'
import { feedbackType } from './feedback_type.ts'
import { type Forward, forwardIn } from './forward/forward.ts'
import { mediaType } from './media_type.ts'
import { type PartFile, type Piece, PiecesOfMail } from './pieces_of_mail.ts'
import { isForward } from './reply_prefix.ts'
import { reportedIds } from './reported_ids.ts'
import { addressees, type From, fromField, replyToField } from './sender/from_field.ts'
import { mended } from './structure/mended.ts'
import { structureOf, type Tree } from './structure/parts.ts'
import { JoinedPieces } from './text/joined_pieces.ts'

/** What a mail says. */
export interface Content {
  readonly from: From
  readonly replyTo: From
  /** The addresses in To and in Cc: at most 100 each. */
  readonly to: readonly string[]
  readonly cc: readonly string[]
  readonly subject: string
  /** The whole text. */
  readonly text: string
  /** The text without quoted history and signature; undefined if that is the whole text. */
  readonly newText: string | undefined
  /** Whether there is more in it than quoted history and a signature. */
  readonly isNew: boolean
  /** What it forwards; never for an answer with history. */
  readonly forward: Forward | undefined
  /** The HTML that the text was made from, with the plain texts of the mail in their places. */
  readonly html: string | undefined
  readonly files: readonly PartFile[]
  /** What was wrong with its structure, as clauses. Then the text may miss something. */
  readonly faults: readonly string[]
  /** What was guessed about charsets, as clauses. */
  readonly guesses: readonly string[]
  /** Whether the subject was decoded by a guess. */
  readonly isSubjectGuess: boolean
  /** What its parts of type message/delivery-status say about each recipient. */
  readonly recipientStatuses: readonly RecipientStatus[]
  /** The Message-IDs of the mails that it may report on. */
  readonly reportedIds: readonly string[]
  /** The type of its report about abuse, such as `abuse`. */
  readonly feedbackType: string | undefined
}

/** In characters; the rest of a field is not looked at. */
const LONGEST_FIELD = 1000
/** In UTF-16 units: replacing many characters of a long text at once takes much memory. */
const PIECE = 64 * KIB
const ENCODED_WORD = /=\?([^?*\s]{1,40})[?*]/g
const CONTENT_ID = /\[cid:([^\]\s]{1,250})\]/g
const HTML_CUT = '(Only the beginning of this long mail is shown here; the original has the rest.)'
const OUTSIDE = 'something stands outside its parts'
const NO_TEXT_FOUND = 'neither text nor files were found in it'

/** Reads a mail: its subject, text and files. Never throws for what a mail contains; memory and time are limited from outside. */
export async function contentOf(raw: Buffer): Promise<Content> {
  const { bytes, headers, faults, hasOutside } = mended(raw)
  const { tree, faults: more } = await structureOf(bytes, headers)
  const field = (name: string) => firstOf(headers, name) ?? ''
  const charsets = [
    ...new Set([...charsetsOf(tree), ...charsetsIn(field('subject')), ...charsetsIn(field('from'))]),
  ]
  const subject = headerText(field('subject'), charsets)
  const found = new PiecesOfMail(tree, charsets)
  const passages = passagesOf(found)
  const words = passages.flatMap(({ text }) => withoutLetterKeys(text) || [])
  const text = [...words, ...found.notes].join('\n\n')
  const whole = words.join('\n\n')
  const isHtmlCut = passages.some(({ isCut }) => isCut)
  const withNote = (text: string) => (isHtmlCut ? `${HTML_CUT}\n\n${text}`.trimEnd() : text)
  const cut = mayAnswer(headers, subject.text) ? newWords(whole) : { text: whole, isCut: false, isNew: true }
  const forward = cut.isCut ? undefined : forwardIn(whole, subject.text, tree, charsets)
  const inline = forward?.inline
  const isEmpty =
    text === '' && found.files.length === 0 && VISIBLE.test(bytes.toString('latin1', headers.bodyStart))
  return {
    from: fromField(valuesOf(headers, 'from'), charsets),
    replyTo: replyToField(valuesOf(headers, 'reply-to'), charsets),
    to: addressees(valuesOf(headers, 'to')),
    cc: addressees(valuesOf(headers, 'cc')),
    subject: withoutLetterKeys(subject.text),
    text: withNote(text),
    newText: cut.isCut ? withNote([cut.text, ...found.notes].join('\n\n')) : undefined,
    isNew: cut.isNew || isHtmlCut,
    forward: inline
      ? { ...forward, inline: { ...inline, text: withNote([inline.text, ...found.notes].join('\n\n')) } }
      : forward,
    html: withoutKeys(htmlOf(passages.length > 0 ? passages : found.pieces)),
    files: found.files.map(file => ({ ...file, filename: withoutLetterKeys(file.filename) })),
    faults: [
      ...new Set([
        ...faults,
        ...more,
        ...(isEmpty ? [NO_TEXT_FOUND] : []),
        ...(hasOutside && whole === '' ? [OUTSIDE] : []),
      ]),
    ],
    guesses: [
      ...(subject.isGuess ? [`the charset of the subject is a guess: ${subject.charset}`] : []),
      ...[...found.guesses].map(charset => `the charset of the text is a guess: ${charset}`),
    ],
    isSubjectGuess: subject.isGuess,
    recipientStatuses: recipientStatuses(tree),
    reportedIds: reportedIds(tree, whole),
    feedbackType: feedbackType(tree),
  }
}

/**
 * Whether a mail may be an answer to one of our letters: it refers to a mail (RFC 5322 3.6.4), or its subject may have the tag of a ticket.
 * Forwarded words are meant to be read, and Outlook writes the same lines above them as above history.
 */
function mayAnswer({ values }: Headers, subject: string): boolean {
  if (isForward(subject)) return false
  return values.has('in-reply-to') || values.has('references') || subject.includes('[')
}

/** The text of a piece, the HTML that it was made from, and whether its end is missing. */
interface Passage {
  readonly text: string
  readonly html?: string
  readonly isCut?: boolean
}

/** The texts of a mail, without blank ones and without HTML that repeats a text before it. All HTML together is read up to a limit. */
function passagesOf({ pieces, images }: PiecesOfMail): Passage[] {
  const passages: Passage[] = []
  const before = new Set<string>()
  let most = LONGEST_HTML
  for (const piece of pieces) {
    const passage = passageOf(piece, images, most)
    if ('html' in piece) most = Math.max(0, most - piece.html.length)
    const letters = pieces.length === 1 ? '' : lettersOf(passage.text)
    const isRepeat = 'html' in piece && !passage.isCut && before.has(letters)
    if (!passage.isCut && (isRepeat || !VISIBLE.test(passage.text))) continue
    before.add(letters)
    passages.push(passage)
  }
  return passages
}

function passageOf(piece: Piece, images: ReadonlyMap<string, string>, most: number): Passage {
  if ('html' in piece) return { html: piece.html, ...htmlText(piece.html, images, most) }
  return { text: withImages(piece.text, images).trim() }
}

/** All pieces as HTML; undefined if none of them is HTML. */
function htmlOf(pieces: readonly { readonly html?: string; readonly text?: string }[]): string | undefined {
  if (!pieces.some(({ html }) => html !== undefined)) return
  return pieces.map(({ html, text = '' }) => html ?? `<pre>${escaped(text)}</pre>`).join('\n') || undefined
}

function escaped(text: string): string {
  const pieces = new JoinedPieces()
  for (let at = 0; at < text.length; at += PIECE)
    pieces.add(
      text
        .slice(at, at + PIECE)
        .replaceAll('&', '&amp;')
        .replaceAll('<', '&lt;'),
    )
  return pieces.toString()
}

function withoutKeys(html: string | undefined): string | undefined {
  return html === undefined ? undefined : withoutLetterKeys(html)
}

/** Some programs name an inline image by its Content-ID in their text. */
function withImages(text: string, images: ReadonlyMap<string, string>): string {
  if (images.size === 0) return text
  return text.replace(CONTENT_ID, (whole, id: string) => (images.has(id) ? `[${images.get(id)}]` : whole))
}

function lettersOf(text: string): string {
  return text.replace(/\s+/g, '')
}

/** The charsets that parts declare. */
function charsetsOf(tree: Tree): string[] {
  if ('children' in tree) return tree.children.flatMap(charsetsOf)
  const { charset } = mediaType(tree.fields.get('content-type') ?? '')
  return charset === undefined ? [] : [charset]
}

/** The charsets that the encoded words of a field name (RFC 2047 2). */
function charsetsIn(field: string): string[] {
  return [...field.slice(0, LONGEST_FIELD).matchAll(ENCODED_WORD)].map(([, charset]) => charset!)
}
