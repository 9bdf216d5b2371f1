/** An encoded word of RFC 2047, not decoded. */
export interface EncodedWord {
  /** Without a language (RFC 2231 5); in lower case. */
  readonly charset: string
  readonly isBase64: boolean
  readonly content: string
  /** Where it ends in the text. */
  readonly end: number
}

const START = '=?'
const END = '?='
const LONGEST_CHARSET = 60
const ENCODING_LENGTH = 2
const BLANK = 0x20

/**
 * The encoded word that begins here in a text; undefined if it is malformed or does not end. Blanks, question marks and bytes above 127
 * are accepted in a word of Q, although RFC 2047 forbids them. `endAfter` gives the place of the next `?=` from a place on, or -1.
 */
export function encodedWordAt(
  text: string,
  at: number,
  endAfter: (at: number) => number,
): EncodedWord | undefined {
  const label = text.slice(at + START.length, at + START.length + LONGEST_CHARSET)
  const length = label.indexOf('?')
  const from = at + START.length + length + 1 + ENCODING_LENGTH
  const encoding = text.slice(from - ENCODING_LENGTH, from).toLowerCase()
  const isBase64 = encoding === 'b?'
  if (length < 0 || !(isBase64 || encoding === 'q?')) return
  const charset = label.slice(0, length).toLowerCase()
  const to = endAfter(from)
  if (to < 0 || !/^[!-<>-~]*$/.test(charset)) return
  const content = text.slice(from, to)
  if (content.includes(START) || (isBase64 && !/^[\w+/= \t-]*$/.test(content))) return
  return { charset: charset.split('*', 1)[0]!, isBase64, content, end: to + END.length }
}

/** The bytes of words that follow one another. */
export function bytesOfWords(words: readonly EncodedWord[]): Buffer {
  const found: Buffer[] = []
  for (let from = 0, to = 0; from < words.length; from = to) {
    const { isBase64 } = words[from]!
    while (words[to]?.isBase64 === isBase64) to++
    const contents = words.slice(from, to).map(({ content }) => content)
    found.push(isBase64 ? fromBase64(contents) : fromQ(contents.join('')))
  }
  return Buffer.concat(found)
}

/**
 * Base64 is decoded from one padding to the next. Words that are not padded are one run if together they are complete: then somebody cut
 * them without regard for groups of four.
 */
function fromBase64(contents: readonly string[]): Buffer {
  const bare = contents.map(content => content.replace(/[ \t]/g, ''))
  const whole = bare.join('')
  const runs = whole.length % 4 === 0 ? [whole] : bare
  return Buffer.concat(runs.flatMap(run => run.split(/=+/)).map(run => Buffer.from(run, 'base64')))
}

function fromQ(content: string): Buffer {
  const bytes = Buffer.from(content, 'latin1')
  let length = 0
  for (let at = 0; at < content.length; at++) {
    const code = content[at] === '=' ? content.slice(at + 1, at + 3) : ''
    const isCode = /^[0-9a-f]{2}$/i.test(code)
    bytes[length++] = isCode ? Number.parseInt(code, 16) : content[at] === '_' ? BLANK : bytes[at]!
    if (isCode) at += code.length
  }
  return bytes.subarray(0, length)
}
