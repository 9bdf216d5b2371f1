import { accessSync, constants } from 'node:fs'
import { delimiter, join } from 'node:path'

const PLACES = [...(process.env.PATH ?? '').split(delimiter), '/usr/sbin', '/sbin', '/lib/systemd']

/** The `skip` of a test: false if all tools are installed, otherwise what is missing. `root` stands for running as root. */
export function needs(...tools: readonly string[]): false | string {
  const missing = tools.filter(tool => !hasTool(tool))
  return missing.length > 0 && `needs ${missing.join(' and ')}`
}

/** The same for tools that cannot be had everywhere: `.ci/run` counts what `needs` gives as a failure, but not this. */
export function without(...tools: readonly string[]): false | string {
  const reason = needs(...tools)
  return reason === false ? false : reason.replace(/^needs/, 'is without')
}

/** The path of a program, also in the sbin directories and among those of systemd; undefined if it is not installed. */
export function pathOf(name: string): string | undefined {
  return PLACES.map(place => join(place, name)).find(isProgram)
}

/** Whether a program is installed; for `root`, whether we are root. */
function hasTool(name: string): boolean {
  return name === 'root' ? process.getuid?.() === 0 : pathOf(name) !== undefined
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK)
    return true
  } catch {
    return false
  }
}
