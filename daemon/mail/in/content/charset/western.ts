/** What windows-1252 has in place of the control characters from 128; NUL where it has none. */
const INSTEAD_OF_CONTROLS = Uint16Array.from('€\0‚ƒ„…†‡ˆ‰Š‹Œ\0Ž\0\0‘’“”•–—˜™š›œ\0žŸ', character =>
  character.charCodeAt(0),
)
const FIRST_CONTROL = 0x80
const BYTES_PER_UNIT = 2

/**
 * Any bytes as windows-1252. The five bytes that it leaves undefined become control characters, as in the Encoding Standard; iconv-lite
 * makes them U+FFFD, which cannot be replaced in 25 MB without a list of all of them.
 */
export function westernText(bytes: Uint8Array): string {
  const units = Buffer.alloc(bytes.length * BYTES_PER_UNIT)
  for (let at = 0; at < bytes.length; at++) {
    const byte = bytes[at]!
    units.writeUInt16LE(INSTEAD_OF_CONTROLS[byte - FIRST_CONTROL] || byte, at * BYTES_PER_UNIT)
  }
  return units.toString('utf16le')
}
