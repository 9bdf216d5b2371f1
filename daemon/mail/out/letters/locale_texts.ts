import { Failure } from '../../../../data/failure.ts'
import { readToml } from '../../../config/toml.ts'
import { isKey, type Key } from './keys.ts'
import { mistakeIn } from './template.ts'

/** The texts of one file. */
export type Texts = ReadonlyMap<Key, string>

/** The good texts of a file of letters, and a sentence about each of its mistakes; errors name it `path`. */
export function textsIn(toml: string, path: string): { texts: Texts; mistakes: readonly string[] } {
  const texts = new Map<Key, string>()
  const mistakes: string[] = []
  for (const [key, text] of foundIn(toml, path, mistakes)) {
    if (key.startsWith('[')) continue
    const mistake = isKey(key) ? mistakeIn(key, text) : 'is no text of letters'
    if (mistake !== undefined) mistakes.push(`${path}: ${key} ${mistake}.`)
    else texts.set(key as Key, text as string)
  }
  return { texts, mistakes }
}

function foundIn(toml: string, path: string, mistakes: string[]): Iterable<[string, unknown]> {
  try {
    return readToml(toml, path)
  } catch (error) {
    if (!(error instanceof Failure)) throw error
    mistakes.push(error.message)
    return []
  }
}
