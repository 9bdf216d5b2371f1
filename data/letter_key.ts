/**
 * The extension of an address that contains the key of a letter or of a link in it, or stops letters. It is for one person, while texts go to others. In links
 * and HTML, `+` has other forms.
 */
const KEY =
  /(?:\+|%2b|&#43;|&#x2b;|&plus;)[rstnhudoyp][0-9a-z]{0,3}(?:\.[0-9a-z]{1,11}){1,2}\.[a-z2-7]{16}(?![0-9a-z])/gi

/** A text with the plain address in place of each address with a key, as quoted letters have them. */
export function withoutLetterKeys(text: string): string {
  return text.replace(KEY, '')
}

/** The same for a text in UTF-8. Gives the same array if there is no key in it. */
export function withoutLetterKeysIn(bytes: Uint8Array): Uint8Array {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('latin1')
  const clean = withoutLetterKeys(text)
  return clean.length === text.length ? bytes : Buffer.from(clean, 'latin1')
}
