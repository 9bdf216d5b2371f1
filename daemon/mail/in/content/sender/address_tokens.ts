/** A token of an address field (RFC 5322 3.2), with the text that it stands for. */
export interface AddressToken {
  readonly kind: 'atom' | 'quoted' | 'comment' | 'special'
  readonly text: string
  /** Whether blanks or a comment stand before it. */
  readonly isApart: boolean
}

/** An encoded word (RFC 2047 2). Many programs write the specials in it that a phrase forbids (5); those of an address are no part of it. */
const ENCODED_WORD = /=\?[^?\s]{1,40}\?[bq]\?[^?\s<>@"\\]*\?=/iy
const BLANKS = ' \t'
const SPECIALS = '<>[]:;@,.'
/** These begin or end what is not an atom. */
const ENDS = `${BLANKS}${SPECIALS}"()\\`

/**
 * The tokens of an address field, given as its bytes in Latin-1, unfolded. Bytes above 127 belong to atoms. Undefined if it contains a
 * control character, or quotes or parentheses that are not balanced. Takes linear time.
 */
export function addressTokens(value: string): AddressToken[] | undefined {
  const tokens: AddressToken[] = []
  let isApart = false
  for (let at = 0; at < value.length; ) {
    const first = value[at]!
    if (BLANKS.includes(first)) {
      isApart = true
      at++
      continue
    }
    const found = tokenAt(value, at)
    if (!found) return
    const { kind, text, end } = found
    if (hasControl(value, at, end)) return
    tokens.push({ kind, text, isApart })
    isApart = kind === 'comment'
    at = end
  }
  return tokens
}

interface Found extends Pick<AddressToken, 'kind' | 'text'> {
  readonly end: number
}

function tokenAt(value: string, at: number): Found | undefined {
  const first = value[at]!
  if (first === '"') return enclosed(value, at, 'quoted')
  if (first === '(') return enclosed(value, at, 'comment')
  if (SPECIALS.includes(first)) return { kind: 'special', text: first, end: at + 1 }
  if (ENDS.includes(first)) return
  ENCODED_WORD.lastIndex = at
  const [word] = ENCODED_WORD.exec(value) ?? []
  if (word !== undefined) return { kind: 'atom', text: word, end: at + word.length }
  let end = at + 1
  while (end < value.length && !ENDS.includes(value[end]!)) end++
  return { kind: 'atom', text: value.slice(at, end), end }
}

/** A quoted string or a comment without its delimiters; a backslash stands for the character after it. Comments may be nested. */
function enclosed(value: string, from: number, kind: 'quoted' | 'comment'): Found | undefined {
  const said: string[] = []
  let depth = 1
  for (let at = from + 1; at < value.length; at++) {
    const character = value[at]!
    if (kind === 'comment' && character === '(') depth++
    if (character === (kind === 'comment' ? ')' : '"') && --depth === 0)
      return { kind, text: said.join(''), end: at + 1 }
    if (character === '\\') at++
    said.push(value[at] ?? '')
  }
  return
}

function hasControl(value: string, from: number, end: number): boolean {
  for (let at = from; at < end; at++) {
    const code = value.charCodeAt(at)
    if ((code < 0x20 && code !== 0x09) || code === 0x7f) return true
  }
  return false
}
