import { readFileSync } from 'node:fs'

/** The version of this program, from the package.json that an installation has beside `dist/`. */
export function version(): string {
  return JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')).version
}
