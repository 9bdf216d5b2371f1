/** Lower case, since some programs preserve nothing else in the local part of a mail address. */
const LETTERS = 'abcdefghijklmnopqrstuvwxyz234567'
const BITS = 5

/** Bytes in base32 (RFC 4648 6), in lower case. Their number must be a multiple of 5, so that no padding is needed. */
export function base32(bytes: Uint8Array): string {
  const bits = [...bytes].map(byte => byte.toString(2).padStart(8, '0')).join('')
  const letters: string[] = []
  for (let at = 0; at < bits.length; at += BITS)
    letters.push(LETTERS[Number.parseInt(bits.slice(at, at + BITS), 2)]!)
  return letters.join('')
}
