import { Failure } from '../../data/failure.ts'
import { MOST_PARAMETERS, tooMany } from './parameters.ts'

const DEEPEST = 16
/** Colons and commas: those of so many parameters. */
const MOST_ITEMS = 2 * MOST_PARAMETERS - 1
/** Where a string, or what has to do with depth and keys, is next. */
const NEXT = /["{}[\]:,]/g

/**
 * The keys of the outermost object, with those that come again, which the parser drops in silence. Throws Failure `invalid` for an object
 * that is too deep or has too much in it; whether it is JSON is the parser's business.
 */
export function topKeys(text: string): string[] {
  const keys: string[] = []
  let depth = 0
  let items = 0
  let string: string | undefined
  NEXT.lastIndex = 0
  for (let found = NEXT.exec(text); found; found = NEXT.exec(text)) {
    const [mark] = found
    if (mark === '"') {
      const end = endOfString(text, found.index)
      string = text.slice(found.index, end)
      NEXT.lastIndex = end
      continue
    }
    if (mark === '{' || mark === '[') depth++
    if (mark === '}' || mark === ']') depth--
    if (depth > DEEPEST)
      throw new Failure('invalid', `The body is more than ${DEEPEST} levels deep; send one object.`)
    if ((mark === ',' || mark === ':') && ++items > MOST_ITEMS) throw tooMany()
    if (mark === ':' && depth === 1 && string !== undefined) keys.push(unescaped(string))
  }
  return keys
}

/** Behind the closing quote of the string that begins at a place; the end of the text where there is none. */
function endOfString(text: string, from: number): number {
  let at = from + 1
  for (;;) {
    const quote = text.indexOf('"', at)
    if (quote < 0) return text.length
    let backslashes = 0
    while (text[quote - 1 - backslashes] === '\\') backslashes++
    if (backslashes % 2 === 0) return quote + 1
    at = quote + 1
  }
}

function unescaped(string: string): string {
  try {
    return JSON.parse(string) as string
  } catch {
    return string
  }
}
