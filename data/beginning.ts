const encoder = new TextEncoder()
const decoder = new TextDecoder('utf-8', { ignoreBOM: true })

/**
 * The beginning of a text: at most `most` bytes of UTF-8, cut between characters. It is a copy, since a slice would keep the whole
 * text in memory.
 */
export function beginningOf(text: string, most: number): string {
  // A UTF-16 code unit takes at most three bytes of UTF-8.
  if (text.length * 3 <= most) return text
  const bytes = new Uint8Array(most)
  const { read, written } = encoder.encodeInto(text, bytes)
  return read === text.length ? text : decoder.decode(bytes.subarray(0, written))
}

/** As `beginningOf`, for a text in UTF-8. */
export function beginningOfBytes(bytes: Uint8Array, most: number): string {
  let end = Math.min(bytes.length, most)
  while (end < bytes.length && end > 0 && isInside(bytes[end]!)) end--
  return decoder.decode(bytes.subarray(0, end))
}

/** As `beginningOf`, but cut at the last line end if that keeps more than half of it. */
export function wholeLinesOf(text: string, most: number): string {
  const beginning = beginningOf(text, most)
  if (beginning.length === text.length) return text
  const end = beginning.lastIndexOf('\n')
  return end > beginning.length / 2 ? beginning.slice(0, end) : beginning
}

/** Whether a byte is a UTF-8 continuation byte. */
function isInside(byte: number): boolean {
  return (byte & 0xc0) === 0x80
}
