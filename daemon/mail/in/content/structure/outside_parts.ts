import { VISIBLE } from '../../../../../data/invisible.ts'
import { KIB } from '../../../../../data/sizes.ts'

/** In bytes; the rest is not looked at. */
const LOOKED_AT = 64 * KIB
/** Programs write this for people who cannot read multiparts. */
const FOR_OLD_READERS = /mime|multi-?part/i
/** Some programs close a multipart twice. */
const DELIMITERS = /^--.*$/gm

/**
 * Whether somebody wrote something between two offsets outside the parts of a multipart: before the first one or after the last one, where
 * mail programs show nothing (RFC 2046 5.1.1).
 */
export function isWrittenOutside(raw: Buffer, from: number, to: number): boolean {
  const text = raw.toString('latin1', from, Math.min(to, from + LOOKED_AT)).replace(DELIMITERS, '')
  return VISIBLE.test(text) && !FOR_OLD_READERS.test(text)
}
