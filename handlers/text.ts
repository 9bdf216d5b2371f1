/** What would act on a header or a terminal: C0, C1, line separators, directions. */
const CONTROLS = /[\p{Cc}\u2028\u2029\u200e\u200f\u202a-\u202e\u2066-\u2069]+/gu

/** A text of many lines: its line ends become line feeds, and NULs go. */
export function plainText(given: string): string {
  return given.replace(/\r\n?/g, '\n').replaceAll('\0', '')
}

/** A text without anything that could end a header line or turn a terminal around. */
export function oneLine(given: string): string {
  return given.replace(CONTROLS, ' ').trim()
}
