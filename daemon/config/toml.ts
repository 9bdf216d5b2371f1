import { parse, TomlError } from 'smol-toml'
import { Failure } from '../../data/failure.ts'

/** The content of a file: each key as `section.key`, and each section as `[section]`. */
export type Found = ReadonlyMap<string, unknown>

/** Reads TOML 1.0 with sections and keys; errors name it `path`. Throws Failure `invalid` with the line. */
export function readToml(text: string, path: string): Found {
  try {
    return flat(parse(text))
  } catch (error) {
    if (!(error instanceof TomlError)) throw error
    const [reason] = error.message.split('\n')
    throw new Failure('invalid', `${path}, line ${error.line}: ${reason}.`)
  }
}

function flat(tree: Record<string, unknown>): Found {
  const found = new Map<string, unknown>()
  for (const [key, value] of Object.entries(tree)) {
    if (isTable(value)) {
      found.set(`[${key}]`, value)
      for (const [inner, innerValue] of Object.entries(value)) found.set(`${key}.${inner}`, innerValue)
    } else {
      // A quoted key with a dot is not a key in a section.
      found.set(key.includes('.') ? JSON.stringify(key) : key, value)
    }
  }
  return found
}

function isTable(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Date)
}

/** The line where a key or a section begins in a valid text, counted from 1; undefined if it does not occur. */
export function lineOfKey(text: string, key: string): number | undefined {
  const lines = text.split('\n')
  let header = ''
  let begun = 0
  for (const index of lines.keys()) {
    const expression = lines.slice(begun, index + 1).join('\n')
    const isHeader = /^[ \t]*\[/.test(expression)
    const found = readable(isHeader ? expression : `${header}\n${expression}`)
    if (!found) continue // a value of several lines has not ended yet
    if (found.has(key)) return begun + 1
    if (isHeader) header = expression
    begun = index + 1
  }
  return undefined
}

function readable(expression: string): Found | undefined {
  try {
    return flat(parse(`${expression}\n`))
  } catch {
    return undefined
  }
}
