const encoder = new TextEncoder()
const decoder = new TextDecoder('utf-8', { ignoreBOM: true })

/**
 * The beginning of a text, at most so many bytes of UTF-8, with no half of a character at its end. Not as a slice, which would keep
 * the whole text in memory.
 */
export function beginningOf(text: string, most: number): string {
  // No unit of UTF-16 takes more than three bytes.
  if (text.length * 3 <= most) return text
  const bytes = new Uint8Array(most)
  const { read, written } = encoder.encodeInto(text, bytes)
  return read === text.length ? text : decoder.decode(bytes.subarray(0, written))
}

/** The same of a text in UTF-8. */
export function beginningOfBytes(bytes: Uint8Array, most: number): string {
  let end = Math.min(bytes.length, most)
  while (end < bytes.length && end > 0 && isInside(bytes[end]!)) end--
  return decoder.decode(bytes.subarray(0, end))
}

/** The beginning of a text as above, cut at the end of a line where that is not far from there. */
export function wholeLinesOf(text: string, most: number): string {
  const beginning = beginningOf(text, most)
  if (beginning.length === text.length) return text
  const end = beginning.lastIndexOf('\n')
  return end > beginning.length / 2 ? beginning.slice(0, end) : beginning
}

/** Whether a byte of UTF-8 is not the first of its character. */
function isInside(byte: number): boolean {
  return (byte & 0xc0) === 0x80
}
