// Text as mdoc(7), the language of manual pages: a text stays what it is, whatever the formatter.

const SPECIAL: Readonly<Record<string, string>> = {
  '\\': '\\e',
  "'": '\\(aq',
  '"': '\\(dq',
  '`': '\\(ga',
  '^': '\\(ha',
  '~': '\\(ti',
  // A plain one is a hyphen, which some formatters do not show as the ASCII character.
  '-': '\\-',
  // Terminals that show ASCII alone have these, too.
  '…': '...',
  '–': '\\(en',
}
/** An argument that would be a macro, or a delimiter that moves out of the macro. */
const MEANS_MORE = /^(?:[A-Z%][A-Za-z0-9]{1,2}|[.,:;()[\]?!|])$/
/** At the end of a macro, it would seem to be meant as such a delimiter. */
const ENDS_LIKE_DELIMITER = /[^\s][.,:;)\]?!]$/
/** A longer line of a source is bad style. */
const LONGEST_LINE = 80

/** One word or line of text in ASCII, without the marks that the beginning of a line needs. Throws an Error for control characters. */
export function roffText(text: string): string {
  if (/\p{Cc}/u.test(text)) throw new Error(`a control character in ${JSON.stringify(text)}`)
  return text.replace(
    /[\\'"`^~-]|[^ -~]/gu,
    one => SPECIAL[one] ?? `\\[u${one.codePointAt(0)!.toString(16).toUpperCase().padStart(4, '0')}]`,
  )
}

/** A line of text; a dot at its beginning makes no macro of it. */
function textLine(text: string): string {
  const line = roffText(text)
  return line.startsWith('.') ? `\\&${line}` : line
}

/** Text as lines, broken at blanks. */
export function textLines(text: string): string[] {
  const lines: string[] = []
  for (const word of text.split(/\s+/).filter(Boolean)) {
    const last = lines.at(-1)
    const longer = last === undefined ? undefined : `${last} ${roffText(word)}`
    if (longer !== undefined && longer.length <= LONGEST_LINE) lines[lines.length - 1] = longer
    else lines.push(textLine(word))
  }
  return lines
}

/** The same with each sentence on lines of its own, so that formatters know where sentences end. */
export function sentences(text: string): string[] {
  return text.split(/(?<=[.!?][)"”]*)\s+/).flatMap(textLines)
}

/** The words of a text as arguments of a macro, between which a line may break. */
export function words(text: string): string {
  const all = text.split(/\s+/).filter(Boolean)
  const protectedWords = all.map(word => (MEANS_MORE.test(word) ? `\\&${roffText(word)}` : roffText(word)))
  return `${protectedWords.join(' ')}${ENDS_LIKE_DELIMITER.test(text) ? '\\&' : ''}`
}

/** An item of a list: its tag is a line of macros, and its body is lines. */
export interface TagItem {
  readonly tag: string
  readonly body: readonly string[]
}

/** A list with a tag before each text. */
export function tagList(items: readonly TagItem[]): string[] {
  return ['.Bl -tag -width Ds', ...items.flatMap(({ tag, body }) => [`.It ${tag}`, ...body]), '.El']
}

/** Lines as they stand, such as commands to type. */
export function literal(lines: readonly string[]): string[] {
  return ['.Bd -literal -offset 2n', ...lines.map(textLine), '.Ed']
}

/** A macro that begins a section, with its title. */
export function section(macro: 'Sh' | 'Ss', title: string): string {
  return `.${macro} ${words(title)}`
}

/** A text with its first letter in upper case, as a sentence begins. */
export function capital(text: string): string {
  return `${text.slice(0, 1).toUpperCase()}${text.slice(1)}`
}
