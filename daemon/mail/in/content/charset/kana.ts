import { textIn } from './text_in.ts'

const FIRST_NOT_ASCII = 0x80
const FIRST_KANA = 0x3041
const LAST_KANA = 0x30fe
const LEAST_KANA = 2
/** Japanese has at least one kana in so many characters, Chinese and other misread text nearly none. */
const CHARACTERS_PER_KANA = 3
const BYTES_PER_DAMAGED = 100

/**
 * Whether bytes are text with many kana in a charset of Japan. The detector refuses text with few different lead bytes, as short Japanese
 * text has.
 */
export function isMostlyKana(sample: Uint8Array, charset: string): boolean {
  const text = textIn(sample, charset, Math.floor(sample.length / BYTES_PER_DAMAGED)) ?? ''
  let characters = 0
  let kana = 0
  for (let at = 0; at < text.length; at++) {
    const unit = text.charCodeAt(at)
    if (unit >= FIRST_NOT_ASCII) characters++
    if (unit >= FIRST_KANA && unit <= LAST_KANA) kana++
  }
  return kana >= LEAST_KANA && kana * CHARACTERS_PER_KANA >= characters
}
