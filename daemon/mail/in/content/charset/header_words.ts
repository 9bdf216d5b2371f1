import { KIB } from '../../../../../data/sizes.ts'
import { type Decoded, decodeText } from './decode.ts'
import { bytesOfWords, type EncodedWord, encodedWordAt } from './encoded_word.ts'

/** In bytes; the rest of a longer value is dropped. */
const LONGEST_HEADER_TEXT = 64 * KIB
const ASCII = 'us-ascii'
/** Most values are this, in at most so many characters. */
const PLAIN = /^[ -~]{0,1000}$/

/** More changes between charsets, or between words and other text, are not decoded: each may cost a guess. */
const MOST_PIECES = 200

/** Encoded words of one charset with nothing but blanks between them. */
interface Words {
  readonly charset: string
  readonly words: EncodedWord[]
}

/**
 * The text of a header value, given as its bytes in Latin-1, unfolded. Encoded words (RFC 2047, RFC 2231 5) are decoded; words of one charset
 * are joined before that, so that a character may be split between them. A malformed word stays as written. All other text is decoded
 * together, first in the charsets of the words, then in those of the mail's other parts (`others`).
 */
export function headerText(raw: string, others: readonly string[]): Decoded {
  if (PLAIN.test(raw) && !raw.includes('=?')) return { text: raw, charset: ASCII, isGuess: false }
  // A line feed separates the pieces of other text while they are decoded.
  const pieces = piecesOf(raw.slice(0, LONGEST_HEADER_TEXT).replaceAll('\n', ' '))
  const words = pieces.filter(piece => typeof piece !== 'string')
  const written = pieces.filter(piece => typeof piece === 'string')
  const charsets = [...new Set([...words.map(({ charset }) => charset), ...others])]
  const rest = decodeText(Buffer.from(written.join('\n'), 'latin1'), undefined, charsets)
  const lines = rest.text.split('\n')
  const decoded = words.map(({ charset, words }) => decodeText(bytesOfWords(words), charset, others))
  const texts = decoded.values()
  const text = pieces
    .map(piece => (typeof piece === 'string' ? lines.shift() : texts.next().value?.text))
    .join('')
  const all = [...decoded, rest]
  return {
    text,
    charset: all.find(({ charset }) => charset !== ASCII)?.charset ?? ASCII,
    isGuess: all.some(({ isGuess }) => isGuess),
  }
}

function piecesOf(text: string): (string | Words)[] {
  const pieces: (string | Words)[] = []
  const endAfter = lookAhead(text, '?=')
  let from = 0
  for (let at = text.indexOf('=?'); at >= 0 && pieces.length < MOST_PIECES; at = text.indexOf('=?', at)) {
    const word = encodedWordAt(text, at, endAfter)
    if (word === undefined) {
      at++
      continue
    }
    const between = text.slice(from, at)
    const last = pieces.at(-1)
    const isNext = typeof last === 'object' && between.trim() === ''
    if (!isNext && between !== '') pieces.push(between)
    if (isNext && last.charset === word.charset) last.words.push(word)
    else pieces.push({ charset: word.charset, words: [word] })
    from = word.end
    at = from
  }
  if (from < text.length) pieces.push(text.slice(from))
  return pieces
}

/** The place of the next `what` from a place on. Places are asked in ascending order, so the text is searched once. */
function lookAhead(text: string, what: string): (at: number) => number {
  let found = text.indexOf(what)
  return at => {
    if (found >= 0 && found < at) found = text.indexOf(what, at)
    return found
  }
}
