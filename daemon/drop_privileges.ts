import { statSync } from 'node:fs'

/**
 * Root becomes the owner of the state directory before it opens anything there: else it would leave files behind that the service
 * cannot read.
 */
export function becomeOwner(directory: string): void {
  if (process.getuid?.() !== 0) return
  const found = statSync(directory, { throwIfNoEntry: false })
  if (!found || found.uid === 0) return
  process.setgroups?.([])
  process.setgid?.(found.gid)
  process.setuid?.(found.uid)
}
