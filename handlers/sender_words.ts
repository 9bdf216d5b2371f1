import { quotedString } from '../data/quoted_string.ts'

/** Who wrote a mail: an address, and a display name; without an address, the name is the From as written. */
export interface Named {
  readonly address: string | null
  readonly name?: string | undefined
}

/** In a name, these would look like another address, or like the end of the name. NFKC makes them of other characters that look alike. */
const NEEDS_QUOTES = /[<>@"\\]/
const NO_ADDRESS = '(no usable address)'

/** Who wrote a mail as staff see it, on one line; undefined if nothing is known. Nobody else must see the name: it is what an outsider wrote. */
export function senderWords({ address, name = '' }: Named): string | undefined {
  if (address !== null) return name === '' ? address : `${named(name)} <${address}>`
  return name === '' ? undefined : `${name} ${NO_ADDRESS}`
}

function named(name: string): string {
  return NEEDS_QUOTES.test(name.normalize('NFKC')) ? quotedString(name) : name
}
