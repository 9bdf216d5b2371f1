/** An encoded word of 39 bytes has 64 characters, which leaves room for `Subject: ` on a line of 76 (RFC 2047 2). */
const WORD_BYTES = 39
const UNSAFE = /[^\x20-\x7e]|"|=\?|\S{60}| {2}/

/**
 * A text for an unstructured header field, on one line, that is the same after folding and decoding. It becomes encoded words of whole
 * characters (RFC 2047) if it is not ASCII, or contains something that a reader would decode as an encoded word (even to line ends), a word
 * that is too long to fold, or several blanks in a row, which folding would reduce to one.
 */
export function encodedText(text: string): string {
  if (!UNSAFE.test(text)) return text
  const words: string[] = []
  let word = ''
  for (const character of text) {
    if (Buffer.byteLength(word + character) > WORD_BYTES) {
      words.push(word)
      word = ''
    }
    word += character
  }
  return [...words, word].map(one => `=?UTF-8?B?${Buffer.from(one).toString('base64')}?=`).join(' ')
}
