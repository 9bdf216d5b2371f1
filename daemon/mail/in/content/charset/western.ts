/** What windows-1252 has in place of the control characters from 128; zero where it has none. */
const INSTEAD_OF_CONTROLS = Uint16Array.of(
  ...[
    0x20ac, 0, 0x201a, 0x192, 0x201e, 0x2026, 0x2020, 0x2021, 0x2c6, 0x2030, 0x160, 0x2039, 0x152, 0, 0x17d,
    0,
  ],
  ...[
    0, 0x2018, 0x2019, 0x201c, 0x201d, 0x2022, 0x2013, 0x2014, 0x2dc, 0x2122, 0x161, 0x203a, 0x153, 0, 0x17e,
    0x178,
  ],
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
