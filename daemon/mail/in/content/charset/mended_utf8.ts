import { westernText } from './western.ts'

/** A text is UTF-8 with strangers in it if it has so many characters of several bytes for each stranger. */
const CHARACTERS_PER_STRANGER = 2
const LONGEST_STRANGER = 3
const HIGH = 0x80

/**
 * A text in UTF-8 with a few bytes of another charset, such as a footer that a list added: those are read as windows-1252. Undefined if the
 * text is mostly something else. Takes linear time, and at most 4 bytes of memory for each byte.
 */
export function mendedUtf8(bytes: Uint8Array): string | undefined {
  let characters = 0
  let strangers = 0
  for (let at = 0; at < bytes.length; ) {
    const length = lengthAt(bytes, at)
    if (length > 1) characters++
    if (length === 0) strangers++
    at += length || 1
  }
  if (strangers * CHARACTERS_PER_STRANGER > characters) return
  const mended = Buffer.alloc(bytes.length + strangers * (LONGEST_STRANGER - 1))
  let length = 0
  for (let at = 0; at < bytes.length; ) {
    const known = lengthAt(bytes, at)
    if (known === 0) {
      length += mended.write(westernText(bytes.subarray(at, at + 1)), length)
      at++
    }
    for (let end = at + known; at < end; ) mended[length++] = bytes[at++]!
  }
  return mended.toString('utf8', 0, length)
}

/** The bytes of the UTF-8 character that begins here (Unicode, table 3-7); 0 if none does. */
function lengthAt(bytes: Uint8Array, at: number): number {
  const lead = bytes[at]!
  if (lead < HIGH) return 1
  if (lead < 0xc2 || lead > 0xf4) return 0
  const length = lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4
  const second = bytes[at + 1] ?? 0
  const [least, most] = secondOf(lead)
  if (second < least || second > most) return 0
  for (let next = at + 2; next < at + length; next++) if ((bytes[next] ?? 0) >> 6 !== 2) return 0
  return length
}

function secondOf(lead: number): readonly [least: number, most: number] {
  if (lead === 0xe0) return [0xa0, 0xbf]
  if (lead === 0xed) return [0x80, 0x9f]
  if (lead === 0xf0) return [0x90, 0xbf]
  return lead === 0xf4 ? [0x80, 0x8f] : [0x80, 0xbf]
}
