import { statSync } from 'node:fs'
import { isDeepStrictEqual } from 'node:util'
import { type Config, readConfig } from './config.ts'

/**
 * The keys whose values the config file has changed since it was read, in the order of the options; none for a pipe, which can be read
 * only once. Throws as `readConfig`.
 */
export function changedKeys(before: Config, path: string): string[] {
  const found = statSync(path, { throwIfNoEntry: false })
  if (found && !found.isFile()) return []
  const after = readConfig(path)
  const keys = Object.keys(before) as (keyof Config)[]
  return keys.filter(key => !isDeepStrictEqual(before[key], after[key]))
}
