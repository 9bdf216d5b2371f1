// One thing: what each element does to the text. The lines, the rows, the links and the images have files of their own.

import { type ElementKind, KINDS } from './elements.ts'
import { shownField } from './form_field.ts'
import { imageText } from './image_text.ts'
import type { Lines, TextRoom } from './lines.ts'
import { linkNote } from './link_note.ts'
import { type Look, lookOf, PLAIN_LOOK } from './look.ts'
import { type OpenElement, OpenElements } from './open_elements.ts'
import { OpenTables } from './open_tables.ts'
import type { Attributes, TagReader } from './tags.ts'

/** Outlook's own text parts have this line between an answer and the mail it answers. */
const RULE = '_'.repeat(32)
/** The letters of a link that are compared with its address. */
const LONGEST_LINK_TEXT = 4096
const LONGEST_NUMBER = 9
/** The classes of Word's paragraphs have no margins. */
const WORD = /(?:^|[\s_])Mso/
const WORD_LIST = /(?:^|[\s_])MsoList/
/** A style sheet that takes the margins off all paragraphs, as that of Outlook on the web does. */
const TIGHT_SHEET =
  /(?:^|[}\n])[ \t]{0,8}p[ \t]{0,4}\{\s{0,4}margin(?:-top:\s?0[a-z]{0,2};\s{0,4}margin-bottom)?:\s?0[a-z]{0,2}\s{0,4}[;}]/i
const BLOCK = /^(?:block|flex|grid|list-item|table|table-row)$/
const BESIDE = /^(?:inline-(?:block|flex|table)|table-cell)$/
const WORDS = /[\p{L}\p{N}]/u
const EXPONENT = /^[0-9+\u2212-]/
const BASE = /[\p{L}\p{N})]$/u

function nothing(): void {}

/** Writes the tags and texts of a page down as lines. */
export class HtmlPage implements TagReader {
  readonly #room: TextRoom
  readonly #images: ReadonlyMap<string, string>
  readonly #open = new OpenElements()
  readonly #looks = new Map<string, Look>()
  readonly #tables: OpenTables
  /** The number of the next item of each open list; undefined: it has bullets. */
  readonly #lists: (number | undefined)[] = []
  /** The addresses that were written already. */
  readonly #linked = new Set<string>()
  #linkText = ''
  #isRaised = false
  #isAfterPre = false
  #isTight = false

  constructor(room: TextRoom, images: ReadonlyMap<string, string>) {
    this.#room = room
    this.#images = images
    this.#tables = new OpenTables(room)
  }

  get isFull(): boolean {
    return this.#room.left < 0
  }

  get #out(): Lines {
    return this.#tables.out
  }

  /** The lines, after the last tag. */
  end(): string[] {
    this.#open.closeAll()
    return this.#out.end()
  }

  text(given: string): void {
    const { isHidden, isPre, name } = this.#open.last
    if (isHidden) {
      if (name === 'style' && TIGHT_SHEET.test(given)) this.#isTight = true
      return
    }
    const isFirstLineEnd = this.#isAfterPre && given.startsWith('\n')
    this.#isAfterPre = false
    if (this.#linkText.length < LONGEST_LINK_TEXT) this.#linkText += given
    this.#tables.beforeText(given)
    if (isPre) this.#out.kept(isFirstLineEnd ? given.slice(1) : given)
    else this.#out.text(this.#isRaised && isExponent(given, this.#out.tail) ? `^${given}` : given)
  }

  open(name: string, attributes: Attributes): void {
    const kind = KINDS.get(name)
    if (kind === 'frame') return
    this.#open.closeBefore(name, kind)
    const around = this.#open.last
    if (kind === 'empty') {
      if (!around.isHidden) this.#addEmpty(name, attributes)
      return
    }
    if (this.#open.isFull) {
      if (kind !== undefined) this.#out.newLine()
      this.#open.pushBeyond()
      return
    }
    const look = this.#lookOf(attributes)
    const isHidden = around.isHidden || isUnseen(kind, look, attributes)
    const isPre = kind === 'pre' || (look.isPre ?? around.isPre)
    const end = isHidden ? nothing : this.#begin(kind, name, look, attributes)
    this.#open.push({ name, kind, isHidden, isPre, end })
  }

  close(name: string): void {
    if (name === 'br' && !this.#open.last.isHidden) this.#out.lineBreak()
    this.#open.close(name)
  }

  #lookOf(attributes: Attributes): Look {
    const style = attributes.get('style')
    if (style === undefined) return PLAIN_LOOK
    const known = this.#looks.get(style)
    if (known !== undefined) return known
    const look = lookOf(style)
    this.#looks.set(style, look)
    return look
  }

  /** Begins a visible element; gives what is done at its end. */
  #begin(kind: ElementKind | undefined, name: string, look: Look, attributes: Attributes): () => void {
    switch (kind) {
      case 'paragraph':
        return this.#beginParagraph(name, look, attributes)
      case 'list':
        return this.#beginList(name, attributes)
      case 'item':
        return this.#beginItem()
      case 'quote':
        return this.#beginQuote(look)
      case 'pre':
        this.#isAfterPre = true
        return this.#beginWhole()
      case 'table':
        return this.#tables.beginTable()
      case 'row':
        return this.#tables.beginRow()
      case 'cell':
        return this.#tables.beginCell(name === 'th', numberOf(attributes.get('colspan')))
      case 'link':
        return this.#beginLink(attributes)
      case 'raised':
        this.#isRaised = true
        return () => {
          this.#isRaised = false
        }
      case 'rows':
        return nothing
      default:
        return this.#beginBox(kind, look)
    }
  }

  #beginBox(kind: ElementKind | undefined, { display = '' }: Look): () => void {
    const out = this.#out
    if (kind === 'block' ? display !== 'inline' : BLOCK.test(display)) {
      out.newLine()
      return () => out.newLine()
    }
    if (kind !== 'choice' && kind !== 'button' && !BESIDE.test(display)) return nothing
    out.text(' ')
    return () => out.text(' ')
  }

  #beginParagraph(name: string, look: Look, attributes: Attributes): () => void {
    const out = this.#out
    const style = attributes.get('class') ?? ''
    const isTight = look.isTight ?? (name === 'p' && (this.#isTight || WORD.test(style)))
    const leave = () => (isTight ? out.newLine() : out.newParagraph())
    leave()
    if (WORD_LIST.test(style)) out.word = '  '.repeat(look.level - 1)
    return leave
  }

  #beginWhole(): () => void {
    const out = this.#out
    out.isWhole = true
    out.newParagraph()
    return () => out.newParagraph()
  }

  #beginList(name: string, attributes: Attributes): () => void {
    const out = this.#out
    const isInside = this.#open.isInside('list')
    const isInItem = this.#open.isInside('item')
    out.isWhole = true
    if (isInside) out.newLine()
    else out.newParagraph()
    const before = isInside && !isInItem ? out.indent('  ', '  ') : undefined
    this.#lists.push(name === 'ol' ? numberOf(attributes.get('start')) : undefined)
    return () => {
      this.#lists.pop()
      if (before !== undefined) out.outdent(before)
      if (isInside) out.newLine()
      else out.newParagraph()
    }
  }

  #beginItem(): () => void {
    const out = this.#out
    const number = this.#lists.at(-1)
    if (number !== undefined) this.#lists[this.#lists.length - 1] = number + 1
    const marker = number === undefined ? '- ' : `${number}. `
    const before = out.indent(marker, ' '.repeat(marker.length))
    return () => {
      out.outdent(before)
      out.tighten()
    }
  }

  #beginQuote({ isIndented }: Look): () => void {
    const out = this.#out
    const prefix = isIndented ? '    ' : '> '
    const leave = this.#beginWhole()
    const before = out.indent(prefix, prefix)
    return () => {
      out.outdent(before)
      leave()
    }
  }

  #beginLink(attributes: Attributes): () => void {
    const href = attributes.get('href')
    if (href === undefined) return nothing
    const out = this.#out
    this.#linkText = ''
    return () => {
      const note = linkNote(href, this.#linkText)
      if (note === '' || this.#linked.has(note)) return
      this.#linked.add(note)
      out.note(note)
    }
  }

  #addEmpty(name: string, attributes: Attributes): void {
    if (name === 'br') this.#out.lineBreak()
    if (name === 'hr') {
      this.#beginWhole()
      this.#out.text(RULE)
      this.#out.newLine()
    }
    if (name === 'input') this.text(shownField(attributes))
    if (name !== 'img' || isUnseen(undefined, this.#lookOf(attributes), attributes)) return
    const image = imageText(attributes, this.#images)
    if ('alt' in image) this.text(WORDS.test(image.alt) ? ` ${image.alt} ` : image.alt)
    else {
      this.#tables.beforeText(image.name)
      this.#out.text(`[${image.name}]`)
    }
  }
}

function isUnseen(kind: OpenElement['kind'], look: Look, attributes: Attributes): boolean {
  if (kind === 'unseen' || look.isHidden || attributes.has('hidden')) return true
  return kind === 'choice' && !attributes.has('selected')
}

/** `10<sup>6</sup>` must not become 106. */
function isExponent(text: string, before: string): boolean {
  return EXPONENT.test(text) && BASE.test(before)
}

function numberOf(given: string | undefined): number {
  const number = Number.parseInt(given?.slice(0, LONGEST_NUMBER) ?? '', 10)
  return Number.isNaN(number) ? 1 : number
}
