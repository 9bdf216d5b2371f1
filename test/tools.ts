import { accessSync, constants } from 'node:fs'
import { delimiter, join } from 'node:path'

const PLACES = [...(process.env.PATH ?? '').split(delimiter), '/usr/sbin', '/sbin']

/** The `skip` of a test: false if all tools are installed, otherwise what is missing. `root` stands for running as root. */
export function needs(...tools: readonly string[]): false | string {
  const missing = tools.filter(tool => !hasTool(tool))
  return missing.length > 0 && `needs ${missing.join(' and ')}`
}

/** Whether a program is installed, also in the sbin directories; for `root`, whether we are root. */
function hasTool(name: string): boolean {
  if (name === 'root') return process.getuid?.() === 0
  return PLACES.some(place => isProgram(join(place, name)))
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK)
    return true
  } catch {
    return false
  }
}
