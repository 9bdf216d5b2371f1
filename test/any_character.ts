import fc from 'fast-check'

const LAST = 0x10ffff
/** The surrogates are no characters. */
const SURROGATES = 0xd800
const AFTER_SURROGATES = 0xe000
const GAP = AFTER_SURROGATES - SURROGATES

/** Any character of Unicode, as a `unit` of strings. `binary` of fast-check has the same, but first spends a second on a table of them. */
export const anyCharacter = fc
  .integer({ min: 0, max: LAST - GAP })
  .map(number => String.fromCodePoint(number < SURROGATES ? number : number + GAP), numberOf)

function numberOf(value: unknown): number {
  const code = typeof value === 'string' ? value.codePointAt(0) : undefined
  if (code === undefined || value !== String.fromCodePoint(code)) throw new Error('not one character')
  return code < SURROGATES ? code : code - GAP
}
