// One thing: how lines are written, with the state that this needs.

/** What is left of the size of a result, shared by all its parts; in UTF-16 units. */
export interface TextRoom {
  left: number
}

const WHITE = /[\t\n\f\r ]+/g
const FIXED_BLANKS = /[\u00a0\u2007\u202f]/g
/** Zero-width characters and soft hyphens; a joiner stays between letters and between the parts of an emoji. */
const ZERO_WIDTH =
  /[\u00ad\u180e\u200b\u2060\ufeff]|\u034f|[\u200c\u200d](?:(?<![\p{L}\p{M}\p{Extended_Pictographic}\p{Emoji_Modifier}][\u200c\u200d])|(?![\p{L}\p{M}\p{Extended_Pictographic}]))/gu
/** The line before a signature (RFC 3676, 4.3) keeps its blank. */
const SIGNATURE_DELIMITER = '-- '
const ONE_BLANK = /^ (?! )/
const NOTED = /^[\p{L}\p{N}[(<]/u
/** The bullets of Word's lists, some of them letters of its symbol fonts; blanks follow them. */
const WORD_BULLET = /^(?:[·•▪§Øüqvo\uf0a7\uf0b7\uf0d8-] +|([0-9a-zA-Z]{1,4}[.)]) +)/
/** In characters: quotes and lists deeper than this are written like the ones around them. */
const LONGEST_PREFIX = 40

/** The lines of a text while it is written: blanks are collapsed, and there is at most one empty line in a row. */
export class Lines {
  lines: string[] = []
  /** Whether it begins with something that has an empty line around it. */
  isApart = false
  /** Whether it has lines that lose their sense when they are joined: a list, a quote, code, rows of a table. */
  isWhole = false
  /** The indentation of an item of a list of Word, while one is written. */
  word: string | undefined
  readonly #room: TextRoom
  #line = ''
  /** The piece that was added last to the line. */
  #tail = ''
  #owesBlank = false
  #owesEmpty = false
  #isAfterNote = false
  #prefix = ''
  /** The prefix of the last line written, and that of the next one if it differs. */
  #last = ''
  #marker: string | undefined

  constructor(room: TextRoom) {
    this.#room = room
  }

  /** Adds text whose blanks and line ends mean a blank. */
  text(given: string): void {
    const text = given.replace(WHITE, ' ')
    const isLed = text.startsWith(' ') || (this.#isAfterNote && NOTED.test(text))
    if (isLed && this.#line !== '') this.#owesBlank = true
    const words = text.slice(Number(text.startsWith(' ')), text.endsWith(' ') ? -1 : undefined)
    if (words === '') return
    if (this.#owesBlank && !this.#tail.endsWith(' ')) this.#add(' ')
    this.#add(words.replace(FIXED_BLANKS, ' '))
    this.#owesBlank = text.endsWith(' ')
  }

  /** Adds text whose blanks and line ends are kept. */
  kept(given: string): void {
    const [first = '', ...others] = given.split('\n')
    this.#add(first)
    for (const line of others) {
      this.#write(this.#line)
      this.#add(line)
    }
  }

  /** Adds something about the text before it, on the same line. */
  note(note: string): void {
    if (!this.#fits(note)) return
    if (this.#line === '' && this.lines.length > 0) this.lines.push(`${this.lines.pop()} ${note}`)
    else this.text(` ${note}`)
    this.#isAfterNote = this.#line !== ''
  }

  /** The last piece of the line; empty at its beginning and after a blank. */
  get tail(): string {
    return this.#owesBlank ? '' : this.#tail
  }

  newLine(): void {
    if (this.#line === '') return
    const line = this.#line.trimEnd()
    const isDelimiter = line === '--' && this.#owesBlank
    if (line !== '') this.#write(isDelimiter ? SIGNATURE_DELIMITER : line.replace(ONE_BLANK, ''))
    else {
      this.#reset()
      this.#owesEmpty = true
    }
  }

  newParagraph(): void {
    this.newLine()
    if (this.#marker !== undefined) return
    if (this.lines.length === 0) this.isApart = true
    this.#owesEmpty = true
  }

  /** A line break: at the beginning of a line it leaves an empty one. */
  lineBreak(): void {
    const isEmpty = this.#line === ''
    this.newLine()
    if (isEmpty && this.#marker === undefined) this.#owesEmpty = true
  }

  /** Begins lines with a prefix, and the first of them with `marker`; gives the prefix so far, to be given back. */
  indent(marker: string, prefix: string): string {
    this.newLine()
    const before = this.#prefix
    if (before.length < LONGEST_PREFIX) {
      this.#marker = before + marker
      this.#prefix += prefix
    }
    return before
  }

  outdent(before: string): void {
    this.newLine()
    this.#prefix = before
    this.#marker = undefined
  }

  /** No empty line after what was written last. */
  tighten(): void {
    this.#owesEmpty = false
  }

  /** Adds lines that are finished; an empty list of lines takes them over, since layouts nest many tables of one cell. */
  append(lines: string[]): void {
    this.newLine()
    if (this.lines.length === 0 && this.#prefix === '') {
      this.lines = lines
      this.#owesEmpty = false
      return
    }
    for (const line of lines) {
      if (line === '') this.#owesEmpty = true
      else this.#push(line)
    }
  }

  /** The lines without empty ones at the ends. */
  end(): string[] {
    this.newLine()
    while (this.lines.at(-1) === '') this.lines.pop()
    return this.lines
  }

  #add(piece: string): void {
    if (!this.#fits(piece)) return
    this.#line += piece
    this.#tail = piece
    this.#isAfterNote = false
  }

  #write(given: string): void {
    const line = this.#cleaned(given)
    this.#reset()
    if (line !== '' || (this.lines.length > 0 && !this.#owesEmpty)) this.#push(line)
  }

  #push(line: string): void {
    const wanted = this.#marker ?? this.#prefix
    const prefix = this.#fits(`${wanted}\n`) ? wanted : ''
    if (this.#owesEmpty && this.lines.length > 0) this.lines.push(this.#between())
    this.#owesEmpty = false
    this.lines.push(line === '' ? prefix.trimEnd() : prefix + line)
    this.#marker = undefined
    this.#last = this.#prefix
  }

  #cleaned(given: string): string {
    if (given === SIGNATURE_DELIMITER) return given
    const line = given.replace(ZERO_WIDTH, '').trimEnd()
    if (this.word === undefined) return line
    const item = line.replace(WORD_BULLET, (_, number?: string) => `${this.word}${number ?? '-'} `)
    this.word = undefined
    return item
  }

  /** An empty line has the prefix that the lines around it share. */
  #between(): string {
    let same = 0
    while (same < this.#last.length && this.#last[same] === this.#prefix[same]) same++
    return this.#last.slice(0, same).trimEnd()
  }

  #reset(): void {
    this.#line = ''
    this.#tail = ''
    this.#owesBlank = false
    this.#isAfterNote = false
  }

  #fits(piece: string): boolean {
    this.#room.left -= piece.length
    return this.#room.left >= 0
  }
}
