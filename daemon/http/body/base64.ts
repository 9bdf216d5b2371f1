import { setImmediate as othersFirst } from 'node:timers/promises'
import { MIB } from '../../../data/sizes.ts'

const PADDING = '='.charCodeAt(0)
/** How many characters are decoded before other work gets a turn; a multiple of 4. */
const PIECE = 4 * MIB

/** Decodes base64 in place (RFC 4648, 4 or 5, with or without padding); undefined for anything else. */
export async function decodeBase64(text: Buffer): Promise<Buffer | undefined> {
  const end = endOfDigits(text)
  if (end % 4 === 1) return undefined
  let length = 0
  for (let at = 0; at < end; at += PIECE) {
    if (at > 0) await othersFirst()
    const piece = text.toString('latin1', at, Math.min(at + PIECE, end))
    // Node skips what is not a digit, and so writes fewer bytes.
    const written = text.write(piece, length, 'base64')
    if (written !== Math.floor((piece.length * 3) / 4)) return undefined
    length += written
  }
  return text.subarray(0, length)
}

/** Where the padding begins. */
function endOfDigits(text: Buffer): number {
  let end = text.length
  while (end > text.length - 2 && text[end - 1] === PADDING) end--
  return end
}
