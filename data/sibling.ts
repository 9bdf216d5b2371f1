import { extname } from 'node:path'
import { fileURLToPath } from 'node:url'

/**
 * The path of a module beside the caller, for a worker or a child process to run: with the caller's own extension, since the
 * compiler turns `.ts` into `.js` in imports alone.
 */
export function sibling(callerUrl: string, name: string): string {
  return fileURLToPath(new URL(`./${name}${extname(callerUrl)}`, callerUrl))
}
