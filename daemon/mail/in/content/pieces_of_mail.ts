// One thing: what each part of a mail counts as, from its type, its name and its place.
import { VISIBLE } from '../../../../data/invisible.ts'
import { plainText } from '../../../../handlers/params/plain_text.ts'
import { safeFilename } from '../../../files/filename.ts'
import { cleanText } from '../../html_text/clean_text.ts'
import { htmlText, LONGEST_HTML } from '../../html_text/html_text.ts'
import { decodeText } from './charset/decode.ts'
import { htmlCharset } from './charset/html_charset.ts'
import { fileNote } from './file_note.ts'
import { mediaType } from './media_type.ts'
import { nameByContent } from './name_by_content.ts'
import { partName } from './part_name.ts'
import type { Leaf, Tree } from './structure/parts.ts'
import { calendarSummary } from './text/calendar.ts'
import { unflowed } from './text/flowed.ts'
import { uudecoded, withoutUuencoded } from './text/uuencode.ts'

/** A file of a mail; its name is safe to show and to save. */
export interface PartFile {
  readonly filename: string
  readonly mime_type: string
  readonly content: Uint8Array
}
/** A part of the text, in the order of the mail: a text, HTML, or the name of an image that stands between texts. */
export type Piece =
  | { readonly kind: 'text' | 'image'; readonly text: string }
  | { readonly kind: 'html'; readonly html: string }

const ALTERNATIVE = 'multipart/alternative'
const RELATED = 'multipart/related'
/** The types whose content is shown as text. */
const TEXTS = new Set(['text', 'text/plain', 'text/markdown', 'text/enriched', 'message/delivery-status'])
/** Other forms of the HTML beside them. */
const DOUBLES = new Set(['text/x-amp-html', 'text/watch-html'])
/** In characters: a shorter text that is also less than a tenth of the HTML's only says that the reader's program cannot show HTML. */
const LONGEST_EXCUSE = 200
const EXCUSE_PART = 0.1
const ATTACHMENT = /^\s*attachment/i
const INLINE = /^\s*inline/i
const UUENCODE = /^(?:x-)?uue?/i

/** Sorts the parts of a mail into pieces of its text, files and notes. */
export class PiecesOfMail {
  readonly pieces: readonly Piece[]
  readonly files: PartFile[] = []
  /** Sentences about files, and what calendar files say. */
  readonly notes: string[] = []
  /** The file names of images by their Content-ID. */
  readonly images = new Map<string, string>()
  /** The charsets that were guessed. */
  readonly guesses = new Set<string>()
  readonly #charsets: readonly string[]
  /** The lengths of the texts of HTML that a text may stand for, and how much more HTML is converted for that. */
  readonly #lengths = new Map<Piece, number>()
  #unmeasured = LONGEST_HTML
  #hasText = false

  /** `charsets` are those that the mail names anywhere. */
  constructor(tree: Tree, charsets: readonly string[]) {
    this.#charsets = charsets
    this.pieces = this.#piecesOf(tree, '')
  }

  #piecesOf(tree: Tree, parent: string): readonly Piece[] {
    if (!('children' in tree)) return this.#leaf(tree, parent)
    const pieces = tree.children.flatMap(child => this.#piecesOf(child, tree.type))
    return tree.type === ALTERNATIVE ? this.#bestOf(pieces) : pieces
  }

  #leaf(leaf: Leaf, parent: string): Piece[] {
    const { type, fields } = leaf
    const disposition = fields.get('content-disposition')
    const name = partName(disposition, fields.get('content-type'), this.#charsets)
    const isAttached = ATTACHMENT.test(disposition ?? '')
    const isText = TEXTS.has(type) || type === 'text/html' || !type.includes('/')
    if (isText && !isAttached && (name === undefined || !this.#hasText)) {
      const pieces = type === 'text/html' ? this.#html(leaf) : this.#text(leaf)
      // A log or a report that is all that its mail says is also kept as the file that it is.
      if (name !== undefined) this.#file(leaf, name)
      return pieces
    }
    if (parent === ALTERNATIVE && DOUBLES.has(type)) return []
    const filename = this.#file(leaf, name ?? nameByContent(leaf, this.#charsets))
    // In a multipart/related, the HTML says where the image is.
    const stands = INLINE.test(disposition ?? '') && parent !== RELATED && type.startsWith('image/')
    return stands ? [{ kind: 'image', text: `[${filename}]` }] : []
  }

  #text(leaf: Leaf): Piece[] {
    const { format, delsp } = mediaType(leaf.fields.get('content-type') ?? '')
    const decoded = this.#decoded(leaf, [])
    const lines = format === 'flowed' ? unflowed(plainText(decoded), delsp === 'yes' ? '' : ' ') : decoded
    const { text, files } = withoutUuencoded(cleanText(lines))
    for (const { filename, content } of files)
      this.files.push({ filename: safeFilename(filename), mime_type: 'application/octet-stream', content })
    this.#hasText ||= VISIBLE.test(text)
    return [{ kind: 'text', text }]
  }

  #html(leaf: Leaf): Piece[] {
    const own = htmlCharset(leaf.content)
    this.#hasText = true
    return [{ kind: 'html', html: this.#decoded(leaf, own === undefined ? [] : [own]) }]
  }

  #decoded({ fields, content }: Leaf, first: readonly string[]): string {
    const { charset } = mediaType(fields.get('content-type') ?? '')
    const found = decodeText(content, charset ?? first[0], [...first, ...this.#charsets])
    if (found.isGuess) this.guesses.add(found.charset)
    return found.text
  }

  /** Adds a file with a name that is made safe; gives that one. */
  #file(leaf: Leaf, name: string | undefined): string {
    const { fields, type } = leaf
    const filename = safeFilename(name)
    this.files.push({ filename, mime_type: type, content: bytesOf(leaf) })
    const note = fileNote(leaf, filename)
    if (note !== undefined) this.notes.push(note)
    if (type === 'text/calendar')
      this.notes.push(...[calendarSummary(this.#decoded(leaf, []))].filter(Boolean))
    const id = fields.get('content-id')?.replace(/^<|>$/g, '')
    if (id !== undefined && type.startsWith('image/')) this.images.set(id, filename)
    return filename
  }

  /** Of alternatives, the texts; the HTML if no text stands for it; both if that would take too long to find out. */
  #bestOf(pieces: readonly Piece[]): readonly Piece[] {
    const texts = pieces.filter(piece => piece.kind === 'text' && VISIBLE.test(piece.text))
    const others = pieces.filter(({ kind }) => kind !== 'text')
    if (texts.length === 0) return others
    const length = texts.reduce((sum, piece) => sum + ('text' in piece ? piece.text.length : 0), 0)
    if (length >= LONGEST_EXCUSE) return texts
    const converted = others.reduce((sum, piece) => sum + this.#lengthOf(piece), 0)
    if (converted === Number.POSITIVE_INFINITY) return pieces
    return length < EXCUSE_PART * converted ? others : texts
  }

  /** The length of the text of HTML. */
  #lengthOf(piece: Piece): number {
    if (piece.kind !== 'html') return 0
    const known = this.#lengths.get(piece)
    if (known !== undefined) return known
    this.#unmeasured -= piece.html.length
    const isMeasured = this.#unmeasured >= 0 || this.#lengths.size === 0
    const length = isMeasured ? htmlText(piece.html, new Map()).text.length : Number.POSITIVE_INFINITY
    this.#lengths.set(piece, length)
    return length
  }
}

/** The bytes of a file. mailparser decodes base64 and quoted-printable alone. */
function bytesOf({ fields, content }: Leaf): Uint8Array {
  const isUuencoded = UUENCODE.test(fields.get('content-transfer-encoding') ?? '')
  return (isUuencoded ? uudecoded(content) : undefined) ?? content
}
