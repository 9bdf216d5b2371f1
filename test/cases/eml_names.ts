import { readdirSync } from 'node:fs'

/** The names of the mails in a folder of cases, without `.eml`. */
export function emlNames(folder: string): string[] {
  return readdirSync(folder)
    .filter(name => name.endsWith('.eml'))
    .map(name => name.slice(0, -'.eml'.length))
    .sort()
}
