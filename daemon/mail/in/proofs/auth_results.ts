/** What an Authentication-Results field (RFC 8601 2.2) says. */
export interface AuthResults {
  /** Who says it, in lower case; undefined in the fields of Exchange Online, which leave it out. */
  readonly authservId: string | undefined
  readonly results: readonly AuthResult[]
}
/** The result of one method, such as `dmarc`. Method and result are in lower case. */
export interface AuthResult {
  readonly method: string
  readonly result: string
  /** Its properties, such as `header.from`, with names in lower case; undefined if they cannot be read without doubt. */
  readonly properties: ReadonlyMap<string, string> | undefined
}

interface Token {
  readonly is: 'word' | 'quoted' | ';' | '='
  readonly text: string
}

const BLANKS = ' \t'
/** What ends a word. A comment or a quoted string may stand directly behind one. */
const WORD_ENDS = `${BLANKS};="()`

/** Reads the value of a field, unfolded; undefined if it breaks the grammar, as with a comment or a quote that does not end. */
export function authResultsOf(value: string): AuthResults | undefined {
  const tokens = tokensIn(value)
  if (!tokens) return undefined
  const [first = [], ...others] = sections(tokens)
  const isNameless = first[1]?.is === '='
  const authservId = isNameless ? undefined : nameIn(first)
  if (!isNameless && authservId === undefined) return undefined
  const results: AuthResult[] = []
  for (const section of isNameless ? [first, ...others] : others) {
    const [only] = section
    if (!only || (section.length === 1 && only.text.toLowerCase() === 'none')) continue
    const result = resultIn(section)
    if (!result) return undefined
    results.push(result)
  }
  return { authservId, results }
}

/** The tokens of a value, without comments; undefined if a comment or a quoted string is broken. */
function tokensIn(value: string): Token[] | undefined {
  const tokens: Token[] = []
  for (let at = 0; at < value.length; ) {
    const character = value[at]!
    if (BLANKS.includes(character)) at++
    else if (character === ';' || character === '=') {
      tokens.push({ is: character, text: character })
      at++
    } else {
      const end =
        character === '('
          ? commentEnd(value, at)
          : character === '"'
            ? quoteEnd(value, at)
            : wordEnd(value, at)
      if (end === undefined) return undefined
      if (character === '"') tokens.push({ is: 'quoted', text: unquoted(value.slice(at + 1, end - 1)) })
      else if (character !== '(') tokens.push({ is: 'word', text: value.slice(at, end) })
      at = end
    }
  }
  return tokens
}

/** Behind the comment that begins here; comments may contain comments (RFC 5322 3.2.2). */
function commentEnd(value: string, start: number): number | undefined {
  let depth = 0
  for (let at = start; at < value.length; at++) {
    if (value[at] === '\\') at++
    else if (value[at] === '(') depth++
    else if (value[at] === ')' && --depth === 0) return at + 1
  }
  return undefined
}

function quoteEnd(value: string, start: number): number | undefined {
  for (let at = start + 1; at < value.length; at++) {
    if (value[at] === '\\') at++
    else if (value[at] === '"') return at + 1
  }
  return undefined
}

/** Undefined for a parenthesis that closes nothing. */
function wordEnd(value: string, start: number): number | undefined {
  let at = start
  while (at < value.length && !WORD_ENDS.includes(value[at]!)) at++
  return at > start ? at : undefined
}

function unquoted(text: string): string {
  return text.replace(/\\(.)/g, '$1')
}

/** The tokens between the semicolons. */
function sections(tokens: readonly Token[]): Token[][] {
  const found: Token[][] = [[]]
  for (const token of tokens) {
    if (token.is === ';') found.push([])
    else found.at(-1)!.push(token)
  }
  return found
}

/** The authserv-id, which a version may follow. */
function nameIn([name, version, ...more]: readonly Token[]): string | undefined {
  const isVersion = version === undefined || (version.is === 'word' && /^[0-9]+$/.test(version.text))
  return name && name.is !== '=' && isVersion && more.length === 0 ? name.text.toLowerCase() : undefined
}

function resultIn([method, equals, result, ...rest]: readonly Token[]): AuthResult | undefined {
  if (method?.is !== 'word' || equals?.is !== '=' || result?.is !== 'word') return undefined
  const [name = ''] = method.text.toLowerCase().split('/', 1)
  return { method: name, result: result.text.toLowerCase(), properties: propertiesIn(rest) }
}

/** Undefined if one stands there twice, or if something is not `name=value`. */
function propertiesIn(tokens: readonly Token[]): ReadonlyMap<string, string> | undefined {
  const properties = new Map<string, string>()
  for (let at = 0; at < tokens.length; at += 3) {
    const [name, equals, value] = tokens.slice(at, at + 3)
    if (name?.is !== 'word' || equals?.is !== '=' || !value || value.is === '=') return undefined
    const key = name.text.toLowerCase()
    if (properties.has(key)) return undefined
    properties.set(key, value.text)
  }
  return properties
}
