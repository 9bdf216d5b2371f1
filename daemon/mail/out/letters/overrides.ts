import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { isLocale, LOCALES } from '../../../../data/locales.ts'
import { KIB } from '../../../../data/sizes.ts'
import { type Texts, textsIn } from './locale_texts.ts'

const MOST_FILES = 200
const LARGEST_FILE = 64 * KIB
const NAME = /^([a-z]{2}(?:\.[a-z][a-z0-9_-]{0,49})?)\.toml$/

/** The texts of a site in place of the usual ones. */
export interface Overrides {
  /** By the name of the file without its ending: `de` for all queues, `de.support` for one. */
  readonly texts: ReadonlyMap<string, Texts>
  /** A sentence about each file and text that cannot be used. */
  readonly mistakes: readonly string[]
}

/** Reads the files LOCALE.toml and LOCALE.SLUG.toml of a directory: at most 200, of 64 KiB each. None if the name is empty. */
export function overridesIn(directory: string): Overrides {
  const texts = new Map<string, Texts>()
  const mistakes: string[] = []
  const names = directory === '' ? [] : quietly(mistakes, directory, () => readdirSync(directory))
  const files = (names ?? []).filter(name => name.endsWith('.toml')).sort()
  if (files.length > MOST_FILES)
    mistakes.push(`${directory} has more than ${MOST_FILES} files; only the first ${MOST_FILES} are read.`)
  for (const name of files.slice(0, MOST_FILES)) {
    const path = join(directory, name)
    const [, stem] = NAME.exec(name) ?? []
    if (stem === undefined || !isLocale(stem.slice(0, 2))) {
      mistakes.push(
        `${path}: the name of the file must be LOCALE.toml or LOCALE.SLUG.toml, and LOCALE one of ${LOCALES.join(', ')}.`,
      )
      continue
    }
    const toml = quietly(mistakes, path, () => contentOf(path))
    if (toml === undefined) continue
    const found = textsIn(toml, path)
    texts.set(stem, found.texts)
    mistakes.push(...found.mistakes)
  }
  return { texts, mistakes }
}

/** Throws an error with a code if it cannot be read, or is no file of a fitting size. */
function contentOf(path: string): string {
  const about = statSync(path)
  if (!about.isFile()) throw Object.assign(new Error(), { code: 'it is no file' })
  if (about.size > LARGEST_FILE)
    throw Object.assign(new Error(), { code: `it has more than ${LARGEST_FILE} bytes` })
  return readFileSync(path, 'utf8')
}

/** Undefined, and a sentence about it, if the disk does not give what is read. */
function quietly<R>(mistakes: string[], path: string, read: () => R): R | undefined {
  try {
    return read()
  } catch (error) {
    mistakes.push(`${path} cannot be read (${(error as NodeJS.ErrnoException).code}).`)
    return undefined
  }
}
